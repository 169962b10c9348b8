// SPDX-License-Identifier: GPL-2.0
/* wire.c owns making records, as kernels older and newer than us write them. */
#include <string.h>

#include "test.h"

#define NEWER_FIXED (PTREE_TASK_FIXED + 24)

unsigned int wire_random_fixed(void)
{
	const unsigned int fixed[] = {
		PTREE_TASK_SIZE_VER0,
		PTREE_TASK_FIXED,
		NEWER_FIXED,
	};

	return fixed[random_below(3)];
}

/* What the members behind @fixed are the kernel does not know. */
void wire_task(union wire *wire, const struct ptree_task *task,
	       unsigned int fixed)
{
	unsigned int size = fixed + task->levels * sizeof(__s32);
	unsigned int known = fixed;

	if (known > PTREE_TASK_FIXED)
		known = PTREE_TASK_FIXED;
	memset(wire, 0xa5, sizeof(*wire));
	memcpy(wire, task, known);
	memcpy(wire->bytes + fixed, task->nspid, task->levels * sizeof(__s32));
	wire->head.type = PTREE_TYPE_TASK;
	wire->head.fixed = fixed;
	wire->head.size = (size + 7) / 8 * 8;
}

/* One that has @seq, and for some types one more number. */
void wire_plain(union wire *wire, unsigned int type, uint64_t seq,
		uint64_t other)
{
	memset(wire, 0xa5, sizeof(*wire));
	wire->head.type = type;
	wire->gone.seq = seq;
	wire->gone.id = other;
	wire->head.fixed = type == PTREE_TYPE_SYNC ? sizeof(wire->sync) :
						     sizeof(wire->gone);
	if (random_below(2))
		wire->head.fixed += 8;
	wire->head.size = wire->head.fixed + random_below(2) * 8;
}

/* A process that runs, of whom no more is to be said. */
void wire_living(union wire *wire, uint64_t id, int tid, uint64_t parent_id)
{
	struct ptree_task task = {
		.mask = PTREE_MASK_NUMBERS | PTREE_MASK_PROCESS |
			PTREE_MASK_BIRTH,
		.id = id,
		.process_id = id,
		.parent_id = parent_id,
		.birth_id = parent_id,
		.flags = PTREE_TASK_LEADER,
		.tid = tid,
		.tgid = tid,
	};

	wire_task(wire, &task, PTREE_TASK_FIXED);
}
