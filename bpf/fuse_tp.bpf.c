// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The tp tier: the two tracepoints of fs/fuse, in the tree since 6.12. The bytes come from the
 * kernel's own struct fuse_req, so every transport looks the same. What has no fuse_req, or whose
 * reply the kernel refuses, is not seen: FORGET, INTERRUPT, notifications.
 *
 * Loading fails where the tracepoints are missing; user space then says so or takes another tier.
 */
#define PROGRAM_COUNT 2

#include "emit.bpf.h"
#include "page_map.bpf.h"

enum { PROGRAM_SEND, PROGRAM_END };

static __always_inline bool has_chan(struct fuse_req *req)
{
	return bpf_core_field_exists(((struct fuse_req___v73 *)req)->chan);
}

static __always_inline __u32 conn_of(struct fuse_req *req)
{
	if (has_chan(req))
		return BPF_CORE_READ((struct fuse_req___v73 *)req, chan, conn, dev);
	return req->fm->fc->dev;
}

static __always_inline bool has_flag(struct fuse_req *req, __u64 bit)
{
	return req->flags >> bit & 1;
}

static __always_inline bool over_io_uring(struct fuse_req *req)
{
	if (!bpf_core_enum_value_exists(enum fuse_req_flag___uring, FR_URING___uring))
		return false;
	return has_flag(req, bpf_core_enum_value(enum fuse_req_flag___uring, FR_URING___uring));
}

/* Sum of the argument sizes, which are remembered for the walk. */
static __always_inline __u32 sum_of_args(struct message *m, __u32 count)
{
	__u32 sum = 0;

	m->from.count = count;
	m->from.index = 0;
	m->from.done = 0;
	for (__u32 i = 0; i < 4; i++)
		if (i < count)
			sum += m->from.args[i].size;
	return sum;
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
	size = put_piece(m, page_address(address) + desc.offset + m->from.page_done, size);
	m->from.page_done += size;
	m->from.done += size;
	return size == 0;
}

/* bpf_loop() callback: at most one piece. The cursor is in map memory, where it costs no states. */
static long put_next(__u32 step, void *context)
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
	size = put_piece(m, arg->value + m->from.done, left);
	m->from.done += size;
	return size == 0;
}

static __always_inline void put_args(struct message *m)
{
	bpf_loop(MAX_STEPS, put_next, &m, 0);
}

/* Called just before the request is queued; on 6.12 before its unique is assigned. */
SEC("tp_btf/fuse_request_send")
int BPF_PROG(request_send, struct fuse_req *req)
{
	__u32 conn = conn_of(req);
	struct fuse_args *args = req->args;
	struct message *m;

	if (!wanted(conn))
		return 0;
	m = begin_message(PROGRAM_SEND, conn, FUSE_EVENT_REQUEST,
			  over_io_uring(req) ? FUSE_EVENT_IO_URING : FUSE_EVENT_TRACEPOINT);
	if (!m)
		return 0;
	set_pair_key(m, req);
	bpf_probe_read_kernel(m->bytes, FUSE_IN_HEADER_SIZE, &req->in.h);
	m->fill = FUSE_IN_HEADER_SIZE;
	bpf_core_read(m->from.args, sizeof(m->from.args), &args->in_args);
	set_length(m, FUSE_IN_HEADER_SIZE + sum_of_args(m, args->in_numargs));
	m->from.pages = 0;
	if (BPF_CORE_READ_BITFIELD_PROBED(args, in_pages))
		take_pages(m, args);
	put_args(m);
	end_message(m);
	return 0;
}

/*
 * FR_FINISHED is set before this tracepoint, so a requester that did not sleep yet may return at
 * once and reuse the arguments on its stack. It drops its reference to the request first, though:
 * while two are held, the arguments are whole. Background requests keep theirs until later.
 */
static __always_inline bool requester_gone(struct fuse_req *req)
{
	if (has_flag(req, bpf_core_enum_value(enum fuse_req_flag, FR_BACKGROUND)))
		return false;
	return req->count.refs.counter < 2;
}

/* Also called for requests that were aborted: those have no reply header. */
SEC("tp_btf/fuse_request_end")
int BPF_PROG(request_end, struct fuse_req *req)
{
	__u32 conn = conn_of(req);
	struct fuse_args *args = req->args;
	struct message *m;
	bool uring, stale;
	__u32 length;

	if (!req->out.h.unique || !wanted(conn))
		return 0;
	uring = over_io_uring(req);
	m = begin_message(PROGRAM_END, conn, FUSE_EVENT_REPLY,
			  uring ? FUSE_EVENT_IO_URING : FUSE_EVENT_TRACEPOINT);
	if (!m)
		return 0;
	set_pair_key(m, req);
	bpf_probe_read_kernel(m->bytes, FUSE_OUT_HEADER_SIZE, &req->out.h);
	m->fill = FUSE_OUT_HEADER_SIZE;
	length = FUSE_OUT_HEADER_SIZE;
	m->from.pages = 0;
	if (!req->out.h.error) {
		__builtin_memset(m->from.args, 0, sizeof(m->from.args));
		bpf_core_read(m->from.args, 2 * sizeof(m->from.args[0]), &args->out_args);
		length += sum_of_args(m, args->out_numargs);
		if (BPF_CORE_READ_BITFIELD_PROBED(args, out_pages))
			take_pages(m, args);
	}
	if (uring) /* not maintained there: libfuse leaves the request's length in it */
		*(__u32 *)m->bytes = length;
	stale = length != *(__u32 *)m->bytes || requester_gone(req);
	set_length(m, stale ? *(__u32 *)m->bytes : length);
	if (!stale && length > FUSE_OUT_HEADER_SIZE)
		put_args(m);
	if (stale || (length > FUSE_OUT_HEADER_SIZE && requester_gone(req)))
		m->event.flags |= FUSE_EVENT_STALE;
	end_message(m);
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
