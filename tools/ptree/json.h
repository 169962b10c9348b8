/* SPDX-License-Identifier: GPL-2.0 */
/*
 * json.h: tasks as JSON. Documentation/json.rst is the contract; what these
 * functions write is that, and no verb adds a field of its own to a task.
 */
#ifndef PTREE_JSON_H
#define PTREE_JSON_H

#include <stdint.h>
#include <stdio.h>
#include <jansson.h>
#include <libptree.h>

#define JSON_SCHEMA 1

/**
 * json_task() - a task as an object
 * @tree: where its leader's record is found, which has what the threads of a
 *	process share; NULL when there is no tree: that is then null, unless
 *	@task is the leader itself
 * @task: which one
 *
 * Return: a new reference, or NULL when out of memory.
 */
json_t *json_task(const struct ptree_tree *tree, const struct ptree_task *task);

/**
 * json_name() - bytes that a program chose, as a string
 * @bytes: the name
 * @length: how many
 *
 * What is not UTF-8 becomes U+FFFD, one for each byte.
 *
 * Return: a new reference, or NULL when out of memory.
 */
json_t *json_name(const char *bytes, size_t length);

/**
 * json_number() - an unsigned number
 * @value: which
 *
 * Return: a new reference; to null if it is 2^63 or more, which is no number
 * that the kernel gives out; NULL when out of memory.
 */
json_t *json_number(uint64_t value);

/**
 * json_line() - write an object as one line
 * @file: where to
 * @object: what; the reference is used up. NULL is taken as out of memory, so
 *	that this may be wrapped around what makes an object
 *
 * Everything beyond ASCII is written as \uXXXX, so no name can speak to a
 * terminal. What could not be written is dropped, and
 * the error of @file with it.
 *
 * Return: 0, -ENOMEM, or the -errno of what could not be written.
 */
int json_line(FILE *file, json_t *object);

/**
 * json_head() - what every document says of itself
 * @seq: the moment it is of
 * @best_effort: it comes from /proc
 *
 * Return: a new reference, or NULL when out of memory.
 */
json_t *json_head(uint64_t seq, bool best_effort);

/**
 * struct json_document - one object that holds a head and a list
 * @file: where to
 * @rows: how many are in the list
 */
struct json_document {
	FILE *file;
	size_t rows;
};

/**
 * json_begin() - write {"ptree":{"schema":1,"seq":SEQ,...},"NAME":[
 * @document: filled in
 * @file: where to
 * @name: of the list
 * @seq: of the moment
 * @best_effort: it comes from /proc
 *
 * Return: 0 or a negative errno, as json_line().
 */
int json_begin(struct json_document *document, FILE *file, const char *name,
	       uint64_t seq, bool best_effort);

/**
 * json_row() - write one more object of the list, on a line of its own
 * @document: from json_begin()
 * @object: what; the reference is used up, NULL is out of memory
 *
 * Return: 0 or a negative errno, as json_line().
 */
int json_row(struct json_document *document, json_t *object);

/**
 * json_end() - end the list and the document
 * @document: from json_begin()
 *
 * Return: 0 or a negative errno, as json_line().
 */
int json_end(struct json_document *document);

#endif
