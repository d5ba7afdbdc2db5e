/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Messages as a server reads and writes them, for the tiers that watch it do so: the request, the
 * reply, a second copy of a reply of which some pages were not in memory, and a refused write().
 */
#ifndef FUSEWIRE_DEVICE_MESSAGE_BPF_H
#define FUSEWIRE_DEVICE_MESSAGE_BPF_H

#include "filter.bpf.h"
#include "segments.bpf.h"

/* What the end of a write() has to know of its beginning. */
struct write_mark {
	__u64 vector; /* start of the iovec array, if there is one */
	__u32 total;  /* bytes of the reply to hand out */
	__u8 faulted; /* some of them were not readable */
	__u8 emitted; /* the filter let it pass */
	__u16 reserved;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1 << 14);
	__type(key, __u32);
	__type(value, struct write_mark);
} write_marks SEC(".maps");

__u64 marks = 0; /* writes that are marked; mostly none, which saves looking */

static __always_inline __u32 conn_of_known_dev(struct fuse_dev *fud)
{
	struct fuse_dev___v7 *newer = (struct fuse_dev___v7 *)fud;

	if (bpf_core_field_exists(newer->chan))
		return newer->chan->conn->dev;
	return fud->fc->dev;
}

static __always_inline __u32 conn_of_dev(struct fuse_dev *fud)
{
	struct fuse_dev___v7 *newer = (struct fuse_dev___v7 *)fud;

	if (bpf_core_field_exists(newer->chan))
		return BPF_CORE_READ(newer, chan, conn, dev);
	return BPF_CORE_READ(fud, fc, dev);
}

static __always_inline __u64 unique_in(struct message *m, __u32 header_size)
{
	/* In both headers unique follows two 32-bit fields. */
	return m->fill < header_size ? 0 : key_of_unique(*(__u64 *)(m->bytes + 8));
}

static __always_inline void emit_device_request(struct message *m, __u32 length)
{
	enum decision decision = EMIT;
	__u64 key = 0;

	set_length(m, length);
	if (judges()) {
		put_header(m, FUSE_IN_HEADER_SIZE);
		key = unique_in(m, FUSE_IN_HEADER_SIZE);
		decision = judge_request(m, key, 0);
		if (decision == DROP)
			return;
	}
	put_segments(m);
	finish_request(m, decision, key);
}

static __always_inline void mark_write(struct message *m, __u64 vector, bool faulted)
{
	__u32 thread = bpf_get_current_pid_tgid();
	struct write_mark mark = {
	    .vector = vector, .total = m->total, .faulted = faulted, .emitted = 1};

	/* One that is there already belongs to a write whose end was not seen. */
	if (!bpf_map_update_elem(&write_marks, &thread, &mark, BPF_NOEXIST))
		__sync_fetch_and_add(&marks, 1);
	else
		bpf_map_update_elem(&write_marks, &thread, &mark, BPF_EXIST);
}

/* Fills `mark` with nothing if this thread's write is not marked. */
static __always_inline bool take_mark(struct write_mark *mark)
{
	__u32 thread = bpf_get_current_pid_tgid();
	struct write_mark *found;

	__builtin_memset(mark, 0, sizeof(*mark));
	if (!marks)
		return false;
	found = bpf_map_lookup_elem(&write_marks, &thread);
	if (!found)
		return false;
	*mark = *found;
	if (!bpf_map_delete_elem(&write_marks, &thread))
		__sync_fetch_and_add(&marks, -1);
	return true;
}

static __always_inline void emit_device_reply(struct message *m, __u64 vector, __u32 length)
{
	bool faulted;

	set_length(m, length);
	if (judges()) {
		put_header(m, FUSE_OUT_HEADER_SIZE);
		if (!judge_reply(m, unique_in(m, FUSE_OUT_HEADER_SIZE)))
			return;
	}
	put_segments(m);
	end_message(m);
	faulted = m->event.flags & FUSE_EVENT_FAULT;
	if (!m->failed && (faulted || judges()))
		mark_write(m, vector, faulted);
}

/*
 * Once more, after the kernel has touched the pages. If the ring is full now, the first copy stays
 * as it is, marked as faulted: no message is lost.
 */
static __always_inline void emit_retry(struct message *m, struct write_mark *mark, __u32 length)
{
	m->event.flags |= FUSE_EVENT_RETRY;
	set_length(m, length);
	m->total = mark->total;
	put_segments(m);
	m->event.flags |= FUSE_EVENT_LAST;
	if (m->event.offset + m->fill < m->event.msg_length)
		m->event.flags |= FUSE_EVENT_TRUNC;
	if (!m->failed)
		flush_chunk(m);
}

/* A write() that failed: says so of this thread's last reply. */
static __always_inline void emit_result(__u32 conn, __u8 transport, __s64 result)
{
	struct message *m = begin_message(PROGRAM_RESULT, conn, FUSE_EVENT_RESULT, transport);

	if (!m)
		return;
	m->event.result = result;
	set_length(m, 0);
	end_message(m);
}

#endif
