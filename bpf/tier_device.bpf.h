/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The tiers fentry and kprobe: the functions of fs/fuse/dev.c through which every message of a
 * server goes. A request is copied after the kernel has written it out and before the server sees
 * it, a reply before the kernel acts on it; so the ring holds them in the order of cause and
 * effect.
 *
 * fuse_dev_do_read and fuse_dev_do_write serve read, readv, write, writev and splice. Over io_uring
 * a request passes fuse_copy_args, and its reply fuse_request_end.
 */
#ifndef FUSEWIRE_TIER_DEVICE_BPF_H
#define FUSEWIRE_TIER_DEVICE_BPF_H

#include "blocked.bpf.h"
#include "device_message.bpf.h"
#include "kernel_args.bpf.h"

/* What a thread has to remember from a function's entry to its exit. */
struct call {
	__u64 fud;
	__u64 cs;
	__u64 vector; /* start of the iovec array: by the exit the iterator has moved on */
	__u64 length; /* of a write */
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1 << 14);
	__type(key, __u32);
	__type(value, struct call);
} calls SEC(".maps");

static __always_inline bool is_vector(struct iov_iter *iter, const enum pointer pointer)
{
	return MEMBER(pointer, iter, iter_type) == bpf_core_enum_value(enum iter_type, ITER_IOVEC);
}

static __always_inline __u64 vector_of(struct iov_iter *iter)
{
	struct iov_iter___iov *older = (struct iov_iter___iov *)iter;

	if (bpf_core_field_exists(iter->__iov))
		return (__u64)BPF_CORE_READ(iter, __iov);
	return (__u64)BPF_CORE_READ(older, iov);
}

static __always_inline __u8 transport_of(struct fuse_copy_state *cs, const enum pointer pointer)
{
	return MEMBER(pointer, cs, iter) ? FUSE_EVENT_READ_WRITE : FUSE_EVENT_SPLICE;
}

/* `vector` is 0 or the start of the iovec array, `at_exit` whether the splice pages are filled. */
static __always_inline void set_source(struct message *m, struct fuse_copy_state *cs, __u64 vector,
				       __u64 length, const bool at_exit, const enum pointer pointer)
{
	struct iov_iter *iter = MEMBER(pointer, cs, iter);
	__u64 count, buffers;

	if (iter && is_vector(iter, pointer)) {
		set_segments(m, SEGMENTS_VECTOR, vector ? vector : vector_of(iter), MOST_SEGMENTS);
	} else if (iter) {
		set_buffer(m, (__u64)BPF_CORE_READ(iter, ubuf), length);
	} else {
		count = BPF_CORE_READ(cs, nr_segs);
		buffers = (__u64)BPF_CORE_READ(cs, pipebufs);
		if (at_exit)
			buffers -= count * bpf_core_type_size(struct pipe_buffer);
		set_segments(m, SEGMENTS_PIPE, buffers, count);
	}
}

static __always_inline void on_read_exit(__u32 conn, struct fuse_copy_state *cs, __u64 vector,
					 __u32 length, const enum pointer pointer)
{
	struct message *m =
	    begin_message(PROGRAM_REQUEST, conn, FUSE_EVENT_REQUEST, transport_of(cs, pointer));

	if (!m)
		return;
	set_source(m, cs, vector, length, true, pointer);
	emit_device_request(m, length);
}

static __always_inline void on_write_entry(__u32 conn, struct fuse_copy_state *cs, __u32 length,
					   const enum pointer pointer)
{
	struct message *m =
	    begin_message(PROGRAM_REPLY, conn, FUSE_EVENT_REPLY, transport_of(cs, pointer));
	struct iov_iter *iter = MEMBER(pointer, cs, iter);
	__u64 vector = 0;

	if (!m)
		return;
	if (iter && is_vector(iter, pointer))
		vector = vector_of(iter);
	set_source(m, cs, vector, length, false, pointer);
	emit_device_reply(m, vector, length);
}

static __always_inline void on_write_exit(__u32 conn, struct fuse_copy_state *cs, __u32 length,
					  __s64 result, const enum pointer pointer)
{
	struct write_mark mark;
	struct message *m;

	if (take_mark(&mark) && mark.faulted) {
		m = begin_message(PROGRAM_RESULT, conn, FUSE_EVENT_REPLY,
				  transport_of(cs, pointer));
		if (!m)
			return;
		set_source(m, cs, mark.vector, length, false, pointer);
		emit_retry(m, &mark, length);
	}
	if (result < 0 && (mark.emitted || !judges()))
		emit_result(conn, transport_of(cs, pointer), result);
}

/* A request over io_uring, before it is handed to the server's queue. */
static __always_inline void on_uring_request(__u32 conn, struct fuse_req *req,
					     const enum pointer pointer)
{
	struct message *m =
	    begin_message(PROGRAM_URING_REQUEST, conn, FUSE_EVENT_REQUEST, FUSE_EVENT_IO_URING);

	if (m)
		emit_request_of(m, req, key_of_unique(MEMBER(pointer, req, in.h.unique)), 0,
				pointer);
}

static __always_inline void on_uring_reply(__u32 conn, struct fuse_req *req,
					   const enum pointer pointer)
{
	struct message *m =
	    begin_message(PROGRAM_URING_REPLY, conn, FUSE_EVENT_REPLY, FUSE_EVENT_IO_URING);

	if (m)
		emit_reply_of(m, req, key_of_unique(MEMBER(pointer, req, out.h.unique)), false,
			      pointer);
}

static __always_inline bool copies_uring_request(struct fuse_copy_state *cs,
						 const enum pointer pointer)
{
	struct fuse_copy_state___uring *state = (struct fuse_copy_state___uring *)cs;

	if (!bpf_core_field_exists(state->is_uring))
		return false;
	return BIT_MEMBER(pointer, state, is_uring) && BIT_MEMBER(pointer, state, write);
}

static __always_inline void remember_call(struct fuse_dev *fud, struct fuse_copy_state *cs,
					  struct iov_iter *iter, const enum pointer pointer)
{
	__u32 thread = bpf_get_current_pid_tgid();
	struct call call = {.fud = (__u64)fud, .cs = (__u64)cs};

	if (iter && is_vector(iter, pointer))
		call.vector = vector_of(iter);
	if (bpf_map_update_elem(&calls, &thread, &call, BPF_ANY))
		count_lost_message(0);
}

/* A copy of what this thread remembered, which is forgotten. */
static __always_inline bool take_call(struct call *call)
{
	__u32 thread = bpf_get_current_pid_tgid();
	struct call *found = bpf_map_lookup_elem(&calls, &thread);

	if (!found)
		return false;
	*call = *found;
	bpf_map_delete_elem(&calls, &thread);
	return true;
}

/* fentry: arguments that the verifier knows. */

SEC("fentry/fuse_dev_do_read")
int BPF_PROG(fentry_read, struct fuse_dev *fud, struct file *file, struct fuse_copy_state *cs)
{
	struct iov_iter *iter = cs->iter;

	note_entry();
	if (!iter || iter->iter_type != bpf_core_enum_value(enum iter_type, ITER_IOVEC))
		return 0;
	if (wanted(conn_of_known_dev(fud)) && wanted_server())
		remember_call(fud, cs, iter, KNOWN_TYPE);
	return 0;
}

SEC("fexit/fuse_dev_do_read")
int BPF_PROG(fexit_read, struct fuse_dev *fud, struct file *file, struct fuse_copy_state *cs,
	     unsigned long size, long result)
{
	__u32 conn = conn_of_known_dev(fud);
	struct iov_iter *iter = cs->iter;
	struct call call = {};

	if (!wanted(conn) || !wanted_server())
		return 0;
	if (iter && iter->iter_type == bpf_core_enum_value(enum iter_type, ITER_IOVEC) &&
	    !take_call(&call))
		return 0; /* entered before we were attached; see blocked.bpf.h */
	note_entry();
	if (result > 0)
		on_read_exit(conn, cs, call.vector, result, KNOWN_TYPE);
	return 0;
}

SEC("fentry/fuse_dev_do_write")
int BPF_PROG(fentry_write, struct fuse_dev *fud, struct fuse_copy_state *cs, unsigned long size)
{
	__u32 conn = conn_of_known_dev(fud);

	if (wanted(conn) && wanted_server())
		on_write_entry(conn, cs, size, KNOWN_TYPE);
	return 0;
}

SEC("fexit/fuse_dev_do_write")
int BPF_PROG(fexit_write, struct fuse_dev *fud, struct fuse_copy_state *cs, unsigned long size,
	     long result)
{
	__u32 conn;

	if (result >= 0 && !marks)
		return 0;
	conn = conn_of_known_dev(fud);
	if (wanted(conn) && wanted_server())
		on_write_exit(conn, cs, size, result, KNOWN_TYPE);
	return 0;
}

SEC("fexit/fuse_copy_args")
int BPF_PROG(fexit_copy_args, struct fuse_copy_state *cs, unsigned int count, unsigned int pages,
	     struct fuse_arg *args, int zeroing, int result)
{
	struct fuse_req *req;
	__u32 conn;

	if (result || !copies_uring_request(cs, KNOWN_TYPE))
		return 0;
	req = cs->req;
	conn = conn_of_known(req);
	if (wanted(conn) && wanted_server())
		on_uring_request(conn, req, KNOWN_TYPE);
	return 0;
}

SEC("fentry/fuse_request_end")
int BPF_PROG(fentry_request_end, struct fuse_req *req)
{
	__u32 conn;

	if (!over_io_uring(req, KNOWN_TYPE) || !req->out.h.unique)
		return 0;
	conn = conn_of_known(req);
	if (wanted(conn) && wanted_server())
		on_uring_reply(conn, req, KNOWN_TYPE);
	return 0;
}

/* kprobe: the same with addresses. Exits know no arguments, so each entry is remembered. */

SEC("kprobe/fuse_dev_do_read")
int BPF_KPROBE(kprobe_read, struct fuse_dev *fud, struct file *file, struct fuse_copy_state *cs)
{
	struct call missed;

	note_entry();
	if (!wanted(conn_of_dev(fud)) || !wanted_server())
		return 0;
	/* The exit did not run: all of the kernel's return probes were taken by waiting threads. */
	if (take_call(&missed))
		count_lost_message(0);
	remember_call(fud, cs, BPF_CORE_READ(cs, iter), PLAIN_ADDRESS);
	return 0;
}

SEC("kretprobe/fuse_dev_do_read")
int BPF_KRETPROBE(kretprobe_read, long result)
{
	struct call call;

	if (!take_call(&call) || result <= 0)
		return 0;
	on_read_exit(conn_of_dev((struct fuse_dev *)call.fud), (struct fuse_copy_state *)call.cs,
		     call.vector, result, PLAIN_ADDRESS);
	return 0;
}

SEC("kprobe/fuse_dev_do_write")
int BPF_KPROBE(kprobe_write, struct fuse_dev *fud, struct fuse_copy_state *cs, unsigned long size)
{
	__u32 conn = conn_of_dev(fud);
	__u32 thread = bpf_get_current_pid_tgid();
	struct call call = {.fud = (__u64)fud, .cs = (__u64)cs, .length = size};

	if (!wanted(conn) || !wanted_server())
		return 0;
	bpf_map_update_elem(&calls, &thread, &call, BPF_ANY);
	on_write_entry(conn, cs, size, PLAIN_ADDRESS);
	return 0;
}

SEC("kretprobe/fuse_dev_do_write")
int BPF_KRETPROBE(kretprobe_write, long result)
{
	struct call call;

	if (!take_call(&call) || (result >= 0 && !marks))
		return 0;
	on_write_exit(conn_of_dev((struct fuse_dev *)call.fud), (struct fuse_copy_state *)call.cs,
		      call.length, result, PLAIN_ADDRESS);
	return 0;
}

SEC("kprobe/fuse_copy_args")
int BPF_KPROBE(kprobe_copy_args, struct fuse_copy_state *cs)
{
	__u32 conn;

	if (!copies_uring_request(cs, PLAIN_ADDRESS))
		return 0;
	conn = conn_of(BPF_CORE_READ(cs, req));
	if (wanted(conn) && wanted_server())
		on_uring_request(conn, BPF_CORE_READ(cs, req), PLAIN_ADDRESS);
	return 0;
}

SEC("kprobe/fuse_request_end")
int BPF_KPROBE(kprobe_request_end, struct fuse_req *req)
{
	__u32 conn;

	if (!over_io_uring(req, PLAIN_ADDRESS) || !BPF_CORE_READ(req, out.h.unique))
		return 0;
	conn = conn_of(req);
	if (wanted(conn) && wanted_server())
		on_uring_reply(conn, req, PLAIN_ADDRESS);
	return 0;
}

#endif
