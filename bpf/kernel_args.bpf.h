/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A message out of the kernel's own struct fuse_req: its header, its arguments, and the pages of
 * data. It looks the same whatever the transport.
 */
#ifndef FUSEWIRE_KERNEL_ARGS_BPF_H
#define FUSEWIRE_KERNEL_ARGS_BPF_H

#include "filter.bpf.h"
#include "fuse_kernel.h"
#include "page_map.bpf.h"

/* For a pointer that the verifier knows: plain loads, far cheaper than helper calls. */
static __always_inline __u32 conn_of_known(struct fuse_req *req)
{
	struct fuse_req___v7 *newer = (struct fuse_req___v7 *)req;

	if (bpf_core_field_exists(newer->chan))
		return newer->chan->conn->dev;
	return req->fm->fc->dev;
}

static __always_inline __u32 conn_of(struct fuse_req *req)
{
	struct fuse_req___v7 *newer = (struct fuse_req___v7 *)req;

	if (bpf_core_field_exists(newer->chan))
		return BPF_CORE_READ(newer, chan, conn, dev);
	return BPF_CORE_READ(req, fm, fc, dev);
}

static __always_inline bool has_flag(struct fuse_req *req, __u64 bit, const enum pointer pointer)
{
	return MEMBER(pointer, req, flags) >> bit & 1;
}

static __always_inline bool over_io_uring(struct fuse_req *req, const enum pointer pointer)
{
	if (!bpf_core_enum_value_exists(enum fuse_req_flag___uring, FR_URING___uring))
		return false;
	return has_flag(req, bpf_core_enum_value(enum fuse_req_flag___uring, FR_URING___uring),
			pointer);
}

/* Before anything is copied: whether what is known of every request speaks against this one. */
static __always_inline bool may_be_wanted(struct fuse_req *req)
{
	if (filter_has_opcodes && !wanted_opcode(req->in.h.opcode))
		return false;
	return !filter_has_uid || req->in.h.uid == filter_uid;
}

static __always_inline void begin_args(struct message *m, __u32 count)
{
	m->from.count = count;
	m->from.index = 0;
	m->from.done = 0;
	m->from.pages = 0;
}

static __always_inline __u32 sum_of_args(struct message *m)
{
	__u32 sum = 0;

	for (__u32 i = 0; i < 4; i++)
		if (i < m->from.count)
			sum += m->from.args[i].size;
	return sum;
}

/* `i` is a constant wherever these are called: the verifier lets no other index into the array. */
static __always_inline void take_in_arg(struct message *m, struct fuse_args *args, const __u32 i)
{
	if (i >= m->from.count)
		return;
	m->from.args[i].size = args->in_args[i].size;
	m->from.args[i].value = (__u64)args->in_args[i].value;
}

static __always_inline void take_out_arg(struct message *m, struct fuse_args *args, const __u32 i)
{
	if (i >= m->from.count)
		return;
	m->from.args[i].size = args->out_args[i].size;
	m->from.args[i].value = (__u64)args->out_args[i].value;
}

/* Takes the arguments of a request for the walk; returns the sum of their sizes. */
static __always_inline __u32 take_in_args(struct message *m, struct fuse_args *args,
					  const enum pointer pointer)
{
	begin_args(m, MEMBER(pointer, args, in_numargs));
	if (pointer == KNOWN_TYPE) {
		take_in_arg(m, args, 0);
		take_in_arg(m, args, 1);
		take_in_arg(m, args, 2);
		take_in_arg(m, args, 3);
	} else {
		bpf_core_read(m->from.args, sizeof(m->from.args), &args->in_args);
	}
	return sum_of_args(m);
}

/* The same of a reply. */
static __always_inline __u32 take_out_args(struct message *m, struct fuse_args *args,
					   const enum pointer pointer)
{
	begin_args(m, MEMBER(pointer, args, out_numargs));
	if (m->from.count > 2)
		m->from.count = 2;
	if (pointer == KNOWN_TYPE) {
		take_out_arg(m, args, 0);
		take_out_arg(m, args, 1);
	} else {
		bpf_core_read(m->from.args, 2 * sizeof(m->from.args[0]), &args->out_args);
	}
	return sum_of_args(m);
}

static __always_inline void take_pages(struct message *m, struct fuse_args *args)
{
	struct fuse_args_pages *ap = (struct fuse_args_pages *)args;
	struct fuse_args_pages___pages *old = (struct fuse_args_pages___pages *)args;

	if (bpf_core_field_exists(ap->folios)) {
		m->from.page_table = (__u64)BPF_CORE_READ(ap, folios);
		m->from.page_descs = (__u64)BPF_CORE_READ(ap, descs);
		m->from.pages = BPF_CORE_READ(ap, num_folios);
	} else {
		m->from.page_table = (__u64)BPF_CORE_READ(old, pages);
		m->from.page_descs = (__u64)BPF_CORE_READ(old, descs);
		m->from.pages = BPF_CORE_READ(old, num_pages);
	}
	m->from.page = 0;
	m->from.page_done = 0;
}

static __always_inline long put_from_page(struct message *m, __u32 left)
{
	__u32 page = m->from.page;
	struct fuse_desc desc = {};
	__u64 address = 0, size;

	if (page >= m->from.pages)
		return 1;
	bpf_probe_read_kernel(&address, sizeof(address),
			      (const void *)(m->from.page_table + page * sizeof(address)));
	bpf_probe_read_kernel(&desc, sizeof(desc),
			      (const void *)(m->from.page_descs + page * sizeof(desc)));
	if (m->from.page_done >= desc.length) {
		m->from.page++;
		m->from.page_done = 0;
		return 0;
	}
	size = desc.length - m->from.page_done;
	if (size > left)
		size = left;
	size = put_piece(m, page_address(address) + desc.offset + m->from.page_done, size,
			 KERNEL_MEMORY);
	m->from.page_done += size;
	m->from.done += size;
	return size == 0 || is_whole(m);
}

/* bpf_loop() callback: at most one piece. The cursor is in map memory, where it costs no states. */
static long put_next_arg(__u32 step, void *context)
{
	struct message *m = *(struct message **)context;
	__u32 index = m->from.index;
	struct fuse_argument *arg;
	__u32 left, size;

	if (index >= m->from.count || index >= 4)
		return 1;
	arg = &m->from.args[index];
	left = arg->size - m->from.done;
	if (m->from.done >= arg->size) {
		m->from.index++;
		m->from.done = 0;
		return 0;
	}
	if (m->from.pages && index + 1 == m->from.count)
		return put_from_page(m, left);
	size = put_piece(m, arg->value + m->from.done, left, KERNEL_MEMORY);
	m->from.done += size;
	return size == 0 || is_whole(m);
}

static __always_inline void put_args(struct message *m)
{
	bpf_loop(MAX_STEPS, put_next_arg, &m, 0);
}

/* Puts the header and finds the arguments of a request; put_args() copies them. */
static __always_inline void open_request(struct message *m, struct fuse_req *req,
					 const enum pointer pointer)
{
	struct fuse_args *args = MEMBER(pointer, req, args);

	bpf_probe_read_kernel(m->bytes, FUSE_IN_HEADER_SIZE,
			      __builtin_preserve_access_index(&req->in.h));
	m->fill = FUSE_IN_HEADER_SIZE;
	set_length(m, FUSE_IN_HEADER_SIZE + take_in_args(m, args, pointer));
	if (BIT_MEMBER(pointer, args, in_pages))
		take_pages(m, args);
}

/* `task`: the caller's process where it is the current one, else 0. */
static __always_inline void emit_request_of(struct message *m, struct fuse_req *req, __u64 key,
					    __u32 task, const enum pointer pointer)
{
	enum decision decision = EMIT;

	open_request(m, req, pointer);
	if (judges()) {
		decision = judge_request(m, key, task);
		if (decision == DROP)
			return;
	}
	put_args(m);
	finish_request(m, decision, key);
}

/*
 * FR_FINISHED is set before the tracepoint fuse_request_end, so a requester that did not sleep yet
 * may return at once and reuse the arguments on its stack. It drops its reference to the request
 * first, though: while two are held, the arguments are whole. Background requests keep theirs until
 * later, and fuse_request_end itself is entered before.
 */
static __always_inline bool requester_gone(struct fuse_req *req, const enum pointer pointer)
{
	if (has_flag(req, bpf_core_enum_value(enum fuse_req_flag, FR_BACKGROUND), pointer))
		return false;
	return MEMBER(pointer, req, count.refs.counter) < 2;
}

/* Puts the header of a reply and finds its arguments; returns its length by those. */
static __always_inline __u32 open_reply(struct message *m, struct fuse_req *req,
					const enum pointer pointer)
{
	struct fuse_args *args = MEMBER(pointer, req, args);
	struct fuse_out_header *header = (void *)m->bytes;
	__u32 sum;

	header->len = MEMBER(pointer, req, out.h.len);
	header->error = MEMBER(pointer, req, out.h.error);
	header->unique = MEMBER(pointer, req, out.h.unique);
	m->fill = FUSE_OUT_HEADER_SIZE;
	begin_args(m, 0);
	if (header->error)
		return FUSE_OUT_HEADER_SIZE;
	sum = take_out_args(m, args, pointer);
	if (BIT_MEMBER(pointer, args, out_pages))
		take_pages(m, args);
	return FUSE_OUT_HEADER_SIZE + sum;
}

/* `finished`: we are behind FR_FINISHED, where the arguments may be gone at any moment. */
static __always_inline void emit_reply_of(struct message *m, struct fuse_req *req, __u64 key,
					  const bool finished, const enum pointer pointer)
{
	__u32 length = open_reply(m, req, pointer);
	const bool volatile_args = finished && length > FUSE_OUT_HEADER_SIZE;
	bool stale;

	/* Not maintained over io_uring: libfuse leaves the request's length in it. */
	if (m->event.transport == FUSE_EVENT_IO_URING)
		*(__u32 *)m->bytes = length;
	stale = length != *(__u32 *)m->bytes || (volatile_args && requester_gone(req, pointer));
	set_length(m, stale ? *(__u32 *)m->bytes : length);
	if (judges() && !judge_reply(m, key))
		return;
	if (!stale && length > FUSE_OUT_HEADER_SIZE)
		put_args(m);
	if (stale || (volatile_args && requester_gone(req, pointer)))
		m->event.flags |= FUSE_EVENT_STALE;
	end_message(m);
}

#endif
