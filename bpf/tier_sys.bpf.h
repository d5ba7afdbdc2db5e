/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The tier sys: the system calls of the server, on kernels that permit nothing closer. It sees what
 * the device sees but io_uring, and costs a little on every system call of the machine.
 */
#ifndef FUSEWIRE_TIER_SYS_BPF_H
#define FUSEWIRE_TIER_SYS_BPF_H

#include "system_call.bpf.h"

/* bpf_loop() callback: one part of a vector. The sum is in map memory, like other cursors. */
static long add_part(__u32 step, void *context)
{
	struct message *m = *(struct message **)context;
	struct iovec part = {};

	if (step >= m->segments.count)
		return 1;
	bpf_probe_read_user(&part, sizeof(part),
			    (const void *)(m->segments.table + step * sizeof(part)));
	m->segments.length += part.iov_len;
	return 0;
}

static __always_inline __u64 length_of_vector(struct message *m)
{
	m->segments.length = 0;
	bpf_loop(MOST_SEGMENTS, add_part, &m, 0);
	return m->segments.length;
}

/* Where the bytes of a write are, and how many; 0: not ours. */
static __always_inline __u64 set_written(struct message *m, struct pt_regs *regs, __u64 call)
{
	__u64 address = regs->si;
	__u64 length = regs->dx;

	if (call == CALL_WRITE) {
		set_buffer(m, address, length);
		return length;
	}
	if (call == CALL_WRITEV) {
		set_segments(m, SEGMENTS_USER_VECTOR, address, length);
		return length_of_vector(m);
	}
	set_pipe(m, pipe_of(regs->di));
	return regs->r8;
}

static __always_inline void on_write_call(__u32 conn, struct pt_regs *regs, __u64 call)
{
	struct message *m =
	    begin_message(PROGRAM_REPLY, conn, FUSE_EVENT_REPLY,
			  call == CALL_SPLICE ? FUSE_EVENT_SPLICE : FUSE_EVENT_READ_WRITE);
	__u64 length;

	if (!m)
		return;
	length = set_written(m, regs, call);
	emit_device_reply(m, 0, length);
}

static __always_inline void on_write_return(__u32 conn, struct pt_regs *regs, __u64 call,
					    __s64 result)
{
	const __u8 transport = call == CALL_SPLICE ? FUSE_EVENT_SPLICE : FUSE_EVENT_READ_WRITE;
	struct write_mark mark;
	struct message *m;

	if (take_mark(&mark) && mark.faulted) {
		m = begin_message(PROGRAM_RESULT, conn, FUSE_EVENT_REPLY, transport);
		if (!m)
			return;
		emit_retry(m, &mark, set_written(m, regs, call));
	}
	if (result < 0 && (mark.emitted || !judges()))
		emit_result(conn, transport, result);
}

SEC("tp_btf/sys_enter")
int BPF_PROG(sys_write, struct pt_regs *regs, long call)
{
	struct fuse_dev *fud;
	__u32 conn;

	if (!is_write_call(call) && call != CALL_SPLICE)
		return 0;
	fud = fuse_dev_of(file_of(call == CALL_SPLICE ? regs->dx : regs->di));
	if (!fud)
		return 0;
	conn = conn_of_dev(fud);
	if (wanted(conn) && wanted_server())
		on_write_call(conn, regs, call);
	return 0;
}

SEC("tp_btf/sys_exit")
int BPF_PROG(sys_return, struct pt_regs *regs, long result)
{
	__u64 call = regs->orig_ax;
	struct fuse_dev *fud;
	bool writes;
	__u32 conn;

	if (!is_read_call(call) && !is_write_call(call))
		return 0;
	if (is_write_call(call) && result >= 0 && !marks)
		return 0;
	fud = fuse_dev_of(file_of(regs->di));
	writes = is_write_call(call);
	if (!fud && call == CALL_SPLICE) {
		fud = fuse_dev_of(file_of(regs->dx));
		writes = true;
	}
	if (!fud)
		return 0;
	conn = conn_of_dev(fud);
	if (!wanted(conn) || !wanted_server())
		return 0;
	if (writes)
		on_write_return(conn, regs, call, result);
	else if (result > 0)
		emit_read_call(PROGRAM_REQUEST, conn, regs, call, result);
	return 0;
}

#endif
