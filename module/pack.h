/* SPDX-License-Identifier: GPL-2.0 */
/* pack.h: a record as programs read it. */
#ifndef PTREE_PACK_H
#define PTREE_PACK_H

#include <linux/ptree.h>

#include "sight.h"

/* No record that is packed is longer. */
#define PTREE_PACKED_MAX \
	(sizeof(struct ptree_task) + ALIGN(PTREE_LEVELS * sizeof(__s32), 8))

/* What a record may have in its mask. */
#define PTREE_PACK_MASK                                                   \
	(PTREE_MASK_NUMBERS | PTREE_MASK_TASK | PTREE_MASK_CRED |         \
	 PTREE_MASK_PROCESS | PTREE_MASK_BIRTH | PTREE_MASK_SHARE |       \
	 PTREE_MASK_EXIT)

unsigned int ptree_pack(const struct ptree_light *light,
			const struct ptree_snapshot *snapshot,
			const struct ptree_record *record,
			enum ptree_sight sight, void *packed);

#endif
