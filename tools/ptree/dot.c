// SPDX-License-Identifier: GPL-2.0
/* dot.c owns `ptree --dot`: a graph in the language of Graphviz. */
#include <stdio.h>

#include "dot.h"
#include "text.h"

/* A & begins the name of a character there, as in HTML. */
static void write_quoted(const char *text)
{
	for (; *text; text++)
		if (*text == '&')
			fputs("&amp;", stdout);
		else if (*text == '"' || *text == '\\')
			printf("\\%c", *text);
		else
			putchar(*text);
}

static size_t number(const struct forest *forest, const struct node *node)
{
	return node - forest->nodes;
}

static void write_node(const struct forest *forest, const struct node *node)
{
	char name[TEXT_COMM_SIZE];

	printf("\tn%zu [label=\"", number(forest, node));
	if (node->task)
		write_quoted(text_comm(name, node->task));
	else
		write_quoted(node->name);
	printf("\\n%d\"", node->pid);
	if (node->thread)
		printf(", shape=ellipse");
	if (node->dead)
		printf(", style=dashed");
	if (node->truncated)
		printf(", peripheries=2");
	printf("];\n");
}

static void write_edge(const struct forest *forest, const struct node *from,
		       const struct node *to, const char *attributes)
{
	printf("\tn%zu -> n%zu%s;\n", number(forest, from), number(forest, to),
	       attributes);
}

static void write_parent(const struct forest *forest, const struct node *node)
{
	const struct ptree_task *parent;
	const struct node *from;

	if (!node->task || node->thread || node->dead)
		return;
	parent = ptree_tree_parent(forest->tree, node->task);
	from = forest_node(forest, parent);
	if (from && from->marked && from != node->parent)
		write_edge(forest, from, node,
			   " [style=dotted, constraint=false]");
}

static void write_tree(const struct forest *forest, struct node *top)
{
	struct node *node;

	for (node = top; node; node = node_after(top, node)) {
		node->marked = true;
		write_node(forest, node);
		if (node != top)
			write_edge(forest, node->parent, node, "");
	}
}

/* "strict": whoever is in several of the trees is drawn once. */
void dot_write(const struct forest *forest, const struct grove *grove)
{
	size_t i;

	puts("strict digraph ptree {\n"
	     "\tgraph [rankdir=LR];\n"
	     "\tnode [shape=box];");
	for (i = 0; i < grove->length; i++)
		write_tree(forest, grove->nodes[i]);
	for (i = 0; i < forest->length && forest->flags & FOREST_BIRTH; i++)
		if (forest->nodes[i].marked)
			write_parent(forest, &forest->nodes[i]);
	puts("}");
}
