# SPDX-License-Identifier: GPL-2.0
# bash completion for ptree: it asks ptree itself which verbs and options it has.

# _ptree COMMAND CURRENT PREVIOUS
_ptree()
{
	local -A options=()
	local verb words pids

	while read -r verb words; do
		[[ ! $verb ]] || options[$verb]=$words
	done <<<"$("$1" --completion 2>/dev/null)"
	verb=${COMP_WORDS[1]}
	[[ $COMP_CWORD -gt 1 && ${options[$verb]} ]] || verb=tree

	COMPREPLY=()
	if [[ $2 == -* ]]; then
		mapfile -t COMPREPLY <<<"$(compgen -W "${options[$verb]}" -- "$2")"
		[[ ${COMPREPLY[*]} != *= ]] || compopt -o nospace 2>/dev/null
		return
	fi
	# What an option takes: only --NAME= tells that it takes something.
	[[ $3 != --* || " ${options[$verb]} " != *" $3= "* ]] || return
	pids=$(cd /proc && printf '%s ' [1-9]*)
	words=''
	[[ $COMP_CWORD -gt 1 ]] || words=${!options[*]}
	mapfile -t COMPREPLY <<<"$(compgen -W "$words $pids" -- "$2"; compgen -u -- "$2")"
} && complete -F _ptree ptree
