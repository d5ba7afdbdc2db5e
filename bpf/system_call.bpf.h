/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Messages seen at the system calls of a server: read, readv, write, writev, and splice with the
 * pages of its pipe. Numbers and registers are those of x86-64.
 */
#ifndef FUSEWIRE_SYSTEM_CALL_BPF_H
#define FUSEWIRE_SYSTEM_CALL_BPF_H

#include "device_message.bpf.h"

enum { CALL_READ = 0, CALL_WRITE = 1, CALL_READV = 19, CALL_WRITEV = 20, CALL_SPLICE = 275 };

#define FUSE_DEVICE (10 << 20 | 229) /* /dev/fuse, in the kernel's encoding */

static __always_inline struct file *file_of(__u32 fd)
{
	struct fdtable *table = bpf_get_current_task_btf()->files->fdt;
	struct file *file = NULL;

	if (fd < table->max_fds)
		bpf_probe_read_kernel(&file, sizeof(file), table->fd + fd);
	return file;
}

/* The open /dev/fuse behind a file; NULL if it is something else, or not mounted yet. */
static __always_inline struct fuse_dev *fuse_dev_of(struct file *file)
{
	__u64 data;

	if (!file || BPF_CORE_READ(file, f_inode, i_rdev) != FUSE_DEVICE)
		return NULL;
	data = (__u64)BPF_CORE_READ(file, private_data) & ~1ull; /* bit 0: INIT is synchronous */
	return (struct fuse_dev *)data;
}

static __always_inline struct pipe_inode_info *pipe_of(__u32 fd)
{
	struct file *file = file_of(fd);

	return file ? BPF_CORE_READ(file, private_data) : NULL;
}

/* A request that a system call has brought; the caller has made sure that it is one of ours. */
static __always_inline void emit_read_call(const enum program program, __u32 conn,
					   struct pt_regs *regs, __u64 call, __u32 length)
{
	const bool splice = call == CALL_SPLICE;
	struct message *m = begin_message(program, conn, FUSE_EVENT_REQUEST,
					  splice ? FUSE_EVENT_SPLICE : FUSE_EVENT_READ_WRITE);

	if (!m)
		return;
	if (call == CALL_READ)
		set_buffer(m, regs->si, length);
	else if (call == CALL_READV)
		set_segments(m, SEGMENTS_USER_VECTOR, regs->si, MOST_SEGMENTS);
	else
		set_pipe(m, pipe_of(regs->dx));
	emit_device_request(m, length);
}

static __always_inline bool is_read_call(__u64 call)
{
	return call == CALL_READ || call == CALL_READV || call == CALL_SPLICE;
}

static __always_inline bool is_write_call(__u64 call)
{
	return call == CALL_WRITE || call == CALL_WRITEV;
}

#endif
