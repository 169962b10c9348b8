// SPDX-License-Identifier: GPL-2.0
/*
 * count.c owns the plugin for QEMU that counts how often each block of a guest's
 * code runs. At its end it writes a line for each: address, length in
 * instructions, how often. See scripts/profile.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* As qemu-plugin.h declares it, which Debian's QEMU does not come with. */
typedef uint64_t qemu_plugin_id_t;
struct qemu_info_t;
struct qemu_plugin_tb;
enum qemu_plugin_op { QEMU_PLUGIN_INLINE_ADD_U64 };

void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t id,
					   void (*translated)(qemu_plugin_id_t id,
							      struct qemu_plugin_tb *tb));
void qemu_plugin_register_vcpu_tb_exec_inline(struct qemu_plugin_tb *tb,
					      enum qemu_plugin_op op, void *counter,
					      uint64_t value);
void qemu_plugin_register_atexit_cb(qemu_plugin_id_t id,
				    void (*ended)(qemu_plugin_id_t id, void *data),
				    void *data);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
uint64_t qemu_plugin_tb_vaddr(const struct qemu_plugin_tb *tb);

/* What a plugin has to have. */
int qemu_plugin_version = 1;
int qemu_plugin_install(qemu_plugin_id_t id, const struct qemu_info_t *info,
			int argc, char **argv);

/* A power of two, and many more than a guest has blocks. */
#define BLOCKS (1UL << 22)

/**
 * struct block - a piece of code that runs from its begin to its end
 * @address: of its begin, as the guest sees it
 * @length: in instructions; 0 is nothing
 * @runs: how often it ran; QEMU counts here
 */
static struct block {
	unsigned long long address;
	unsigned long long length;
	unsigned long long runs;
} *blocks;

static const char *out;

/* The same code is translated again and again, and counted in one place. */
static struct block *block_of(uint64_t address, uint64_t length)
{
	uint64_t at = (address ^ length << 32) * 0x9e3779b97f4a7c15ULL >> 42;
	unsigned long tries;

	for (tries = 0; tries < BLOCKS; tries++, at++) {
		struct block *block = &blocks[at % BLOCKS];

		if (!block->length)
			*block = (struct block){ address, length, 0 };
		if (block->address == address && block->length == length)
			return block;
	}
	fprintf(stderr, "count: more blocks of code than %lu\n", BLOCKS);
	exit(1);
}

static void translated(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	struct block *block = block_of(qemu_plugin_tb_vaddr(tb),
				       qemu_plugin_tb_n_insns(tb));

	qemu_plugin_register_vcpu_tb_exec_inline(tb, QEMU_PLUGIN_INLINE_ADD_U64,
						 &block->runs, 1);
}

static void ended(qemu_plugin_id_t id, void *data)
{
	FILE *file = fopen(out, "w");
	unsigned long i;

	for (i = 0; file && i < BLOCKS; i++)
		if (blocks[i].runs)
			fprintf(file, "%llx %llu %llu\n", blocks[i].address,
				blocks[i].length, blocks[i].runs);
	if (!file || fclose(file))
		perror(out);
}

int qemu_plugin_install(qemu_plugin_id_t id, const struct qemu_info_t *info,
			int argc, char **argv)
{
	if (argc != 1 || strncmp(argv[0], "out=", 4)) {
		fprintf(stderr, "count: usage: -plugin count.so,out=FILE\n");
		return 1;
	}
	out = strdup(argv[0] + 4);
	blocks = calloc(BLOCKS, sizeof(*blocks));
	if (!out || !blocks)
		return 1;
	qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
	qemu_plugin_register_atexit_cb(id, ended, NULL);
	return 0;
}
