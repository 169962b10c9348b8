// SPDX-License-Identifier: GPL-2.0
/*
 * proc.c owns /proc/ptree: it takes a snapshot when it is opened and writes it
 * out as text. Documentation/proc.rst is the contract of the format.
 */
#include <linux/fs.h>
#include <linux/kdev_t.h>
#include <linux/major.h>
#include <linux/pid_namespace.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string_helpers.h>

#include "compat.h"
#include "hooks.h"
#include "proc.h"
#include "view.h"

#define SCHEMA 1

/*
 * A line shows so many of the ancestors it hangs on, and no more: a chain of
 * ten thousand would need lines of thirty thousand bytes.
 */
#define DRAWN_LEVELS 64

static struct proc_dir_entry *entry;

/**
 * struct reading - one open of /proc/ptree
 * @snapshot: the moment it was opened
 * @view: the lines made of that
 */
struct reading {
	struct ptree_snapshot snapshot;
	struct ptree_view view;
};

static void *reading_start(struct seq_file *m, loff_t *pos)
{
	struct reading *reading = m->private;

	if (!*pos)
		return SEQ_START_TOKEN;
	if (*pos > reading->view.nr)
		return NULL;
	return &reading->view.lines[*pos - 1];
}

static void *reading_next(struct seq_file *m, void *v, loff_t *pos)
{
	++*pos;
	return reading_start(m, pos);
}

static void reading_stop(struct seq_file *m, void *v)
{
}

static void show_title(struct seq_file *m)
{
	const struct reading *reading = m->private;

	seq_printf(m, "# ptree schema=%d seq=%llu processes=%zu threads=%llu\n",
		   SCHEMA, reading->snapshot.seq, reading->view.nr,
		   reading->view.threads);
	seq_puts(m,
		 "    PID    PPID    PGID     SID     ORIG TTY      STAT  NLWP        UID COMMAND\n");
}

/* As ps(1) names terminals. */
static const char *tty_text(char *text, size_t size, u32 device)
{
	dev_t dev = new_decode_dev(device);
	unsigned int major = MAJOR(dev), minor = MINOR(dev);

	switch (major) {
	case 0:
		return "?";
	case UNIX98_PTY_SLAVE_MAJOR ...
	     UNIX98_PTY_SLAVE_MAJOR + UNIX98_PTY_MAJOR_COUNT - 1:
		major -= UNIX98_PTY_SLAVE_MAJOR;
		snprintf(text, size, "pts/%u", major * 256 + minor);
		break;
	case TTY_MAJOR:
		snprintf(text, size, minor < 64 ? "tty%u" : "ttyS%u",
			 minor < 64 ? minor : minor - 64);
		break;
	default:
		snprintf(text, size, "%u:%u", major, minor);
	}
	return text;
}

static const char *stat_text(char *text, const struct ptree_record *record)
{
	char *end = text;

	*end++ = record->letter;
	if (record->flags & PTREE_R_SESSION_LEADER)
		*end++ = 's';
	if (record->threads > 1)
		*end++ = 'l';
	if (record->flags & PTREE_R_FOREGROUND)
		*end++ = '+';
	*end = '\0';
	return text;
}

static const char *birth_text(char *text, size_t size,
			      const struct ptree_line *line)
{
	if (line->birth_hidden || line->record->flags & PTREE_R_TRUNCATED)
		return "?";
	snprintf(text, size, "%d%s", line->record->birth_nr,
		 line->birth_dead ? "+" : "");
	return text;
}

static void show_branch(struct seq_file *m, const struct ptree_line *line)
{
	const struct ptree_line *above[DRAWN_LEVELS];
	int nr = 0;

	if (!line->depth)
		return;
	if (line->depth > DRAWN_LEVELS)
		seq_puts(m, ".. ");
	while (line->depth && nr < DRAWN_LEVELS) {
		above[nr++] = line;
		line = line->parent;
	}
	while (--nr)
		seq_puts(m, above[nr]->last ? "   " : "|  ");
	seq_puts(m, above[0]->last ? "`- " : "|- ");
}

/* As proc_task_name() of fs/proc/array.c escapes it. */
static void show_comm(struct seq_file *m, const char *comm)
{
	char escaped[4 * PTREE_COMM_LEN];
	int length = string_escape_mem(comm, strlen(comm), escaped,
				       sizeof(escaped),
				       ESCAPE_SPACE | ESCAPE_SPECIAL, "\n\\");

	seq_write(m, escaped, length);
	seq_putc(m, '\n');
}

static int reading_show(struct seq_file *m, void *v)
{
	const struct ptree_line *line = v;
	const struct ptree_record *record;
	char tty[24], stat[8], birth[16];

	if (v == SEQ_START_TOKEN) {
		show_title(m);
		return 0;
	}
	record = line->record;
	if (line->sight != PTREE_FULL) {
		seq_printf(m, "%7d       ?       ?       ?        ? ?        ?        ?          ? ?\n",
			   record->tgid);
		return 0;
	}
	seq_printf(m, "%7d %7d %7d %7d %8s %-8s %-4s %5u %10u ", record->tgid,
		   record->ppid, record->pgid, record->sid,
		   birth_text(birth, sizeof(birth), line),
		   tty_text(tty, sizeof(tty), record->tty),
		   stat_text(stat, record), record->threads,
		   from_kuid_munged(seq_user_ns(m),
				    KUIDT_INIT(record->cred.euid)));
	show_branch(m, line);
	show_comm(m, record->comm);
	return 0;
}

static const struct seq_operations reading_ops = {
	.start = reading_start,
	.next = reading_next,
	.stop = reading_stop,
	.show = reading_show,
};

static void reading_free(struct reading *reading)
{
	ptree_view_free(&reading->view);
	ptree_snapshot_free(&reading->snapshot);
	kfree(reading);
}

static int take(struct reading *reading, struct file *file, struct ptree *tree)
{
	struct super_block *sb = file_inode(file)->i_sb;
	struct ptree_eye eye = {
		.procfs.mnt = file->f_path.mnt,
		.procfs.dentry = sb->s_root,
		.pid_ns = proc_pid_ns(sb),
		.cred = file->f_cred,
	};
	struct ptree_light light;
	u8 *sight;
	int err;

	reading->snapshot.ns = ptree_eye_ns(&eye);
	err = ptree_snapshot_take(tree, &ptree_live_source, &reading->snapshot);
	if (!err)
		err = ptree_light_get(&light, &eye, tree);
	if (!err)
		err = ptree_sight_get(&light, &reading->snapshot, &sight);
	if (err)
		return err;
	err = ptree_view_make(&reading->view, &reading->snapshot, sight);
	kvfree(sight);
	return err;
}

static int reading_open(struct inode *inode, struct file *file)
{
	struct reading *reading;
	int err;

	/* A mount with subset=pid does not have us; it may have been one. */
	if (proc_sb_info(inode->i_sb)->pidonly == PROC_PIDONLY_ON)
		return -ENOENT;
	reading = kzalloc(sizeof(*reading), GFP_KERNEL_ACCOUNT);
	if (!reading)
		return -ENOMEM;
	err = take(reading, file, pde_data(inode));
	if (!err)
		err = seq_open(file, &reading_ops);
	if (err) {
		reading_free(reading);
		return err;
	}
	((struct seq_file *)file->private_data)->private = reading;
	return 0;
}

static int reading_release(struct inode *inode, struct file *file)
{
	struct seq_file *m = file->private_data;

	reading_free(m->private);
	return seq_release(inode, file);
}

static const struct proc_ops proc_ops = {
	.proc_open = reading_open,
	.proc_read_iter = seq_read_iter,
	.proc_lseek = seq_lseek,
	.proc_release = reading_release,
};

/**
 * ptree_proc_start - let people read a tree
 * @tree: the tree, fed by the live source
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int ptree_proc_start(struct ptree *tree)
{
	entry = proc_create_data("ptree", 0444, NULL, &proc_ops, tree);
	return entry ? 0 : -ENOMEM;
}

/**
 * ptree_proc_stop - let them no more
 *
 * Context: may sleep. Afterwards nobody is in here any more: files still open
 * are closed under their owners, who read no further.
 */
void ptree_proc_stop(void)
{
	proc_remove(entry);
}
