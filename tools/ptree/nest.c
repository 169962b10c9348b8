// SPDX-License-Identifier: GPL-2.0
/* nest.c owns `ptree --json`. */
#include <errno.h>
#include <stdlib.h>

#include "json.h"
#include "nest.h"

/**
 * struct nest - objects being put into each other
 * @forest: whose nodes
 * @objects: by node: its object, which belongs to the one it is in
 * @rows: those in no other one
 * @threads: whether threads were asked for
 */
struct nest {
	const struct forest *forest;
	json_t **objects;
	json_t *rows;
	bool threads;
};

static json_t **object_of(struct nest *nest, const struct node *node)
{
	return &nest->objects[node - nest->forest->nodes];
}

static json_t *make_object(struct nest *nest, const struct node *node)
{
	json_t *object = json_task(nest->forest->tree, node->task);

	if (!object || node->thread)
		return object;
	if (json_object_set_new(object, "children", json_array()) ||
	    (nest->threads &&
	     json_object_set_new(object, "other_threads", json_array()))) {
		json_decref(object);
		return NULL;
	}
	return object;
}

static json_t *place_for(struct nest *nest, const struct node *top,
			 const struct node *node)
{
	const char *key = node->thread ? "other_threads" : "children";

	if (node == top || !node->parent->task)
		return nest->rows;
	return json_object_get(*object_of(nest, node->parent), key);
}

static int add_tree(struct nest *nest, const struct node *top)
{
	const struct node *node;
	json_t *object;

	for (node = top; node; node = node_after(top, node)) {
		if (!node->task)
			continue;
		object = make_object(nest, node);
		*object_of(nest, node) = object;
		if (json_array_append_new(place_for(nest, top, node), object))
			return -ENOMEM;
	}
	return 0;
}

static int write_rows(const struct nest *nest, bool best_effort)
{
	struct json_document document;
	json_t *row;
	size_t i;
	int err;

	err = json_begin(&document, stdout, "processes",
			 ptree_tree_seq(nest->forest->tree), best_effort);
	json_array_foreach(nest->rows, i, row) {
		if (err)
			return err;
		err = json_row(&document, json_incref(row));
	}
	return err ?: json_end(&document);
}

int nest_write(const struct forest *forest, const struct grove *grove,
	       bool threads, bool best_effort)
{
	struct nest nest = { .forest = forest, .threads = threads };
	int err = -ENOMEM;
	size_t i;

	nest.objects = calloc(forest->length, sizeof(*nest.objects));
	nest.rows = json_array();
	if (nest.objects && nest.rows)
		err = 0;
	for (i = 0; i < grove->length && !err; i++)
		err = add_tree(&nest, grove->nodes[i]);
	if (!err)
		err = write_rows(&nest, best_effort);
	json_decref(nest.rows);
	free(nest.objects);
	return err;
}
