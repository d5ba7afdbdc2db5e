/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A message out of the buffers of a system call: the caller's memory for read and write, with one
 * buffer or a vector of them, and the pages of a pipe for splice.
 */
#ifndef FUSEWIRE_SEGMENTS_BPF_H
#define FUSEWIRE_SEGMENTS_BPF_H

#include "emit.bpf.h"
#include "fuse_kernel.h"
#include "page_map.bpf.h"

#define MOST_SEGMENTS 1024 /* UIO_MAXIOV */

enum segments_kind {
	SEGMENTS_BUFFER,      /* table is the buffer itself */
	SEGMENTS_VECTOR,      /* table is a kernel's array of struct iovec */
	SEGMENTS_USER_VECTOR, /* table is the caller's array of struct iovec */
	SEGMENTS_PIPE,	      /* table is an array of struct pipe_buffer */
};

static __always_inline void set_segments(struct message *m, enum segments_kind kind, __u64 table,
					 __u32 count)
{
	m->segments.kind = kind;
	m->segments.count = count;
	m->segments.index = 0;
	m->segments.done = 0;
	m->segments.table = table;
	m->segments.first = 0;
	m->segments.mask = 0xffffffff;
}

static __always_inline void set_buffer(struct message *m, __u64 address, __u64 length)
{
	set_segments(m, SEGMENTS_BUFFER, address, 1);
	m->segments.length = length;
}

/* What is in a pipe, oldest first. */
static __always_inline void set_pipe(struct message *m, struct pipe_inode_info *pipe)
{
	__u32 head = BPF_CORE_READ_BITFIELD_PROBED(pipe, head);
	__u32 tail = BPF_CORE_READ_BITFIELD_PROBED(pipe, tail);
	__u32 used = head - tail;

	if (bpf_core_field_size(pipe->head) == 2)
		used &= 0xffff;
	set_segments(m, SEGMENTS_PIPE, (__u64)BPF_CORE_READ(pipe, bufs), used);
	m->segments.first = tail;
	m->segments.mask = BPF_CORE_READ(pipe, ring_size) - 1;
}

struct span {
	__u64 address;
	__u64 length;
};

static __always_inline void find_pipe_span(struct message *m, struct span *span)
{
	__u64 index = (m->segments.index + m->segments.first) & m->segments.mask;
	struct pipe_buffer *buffer =
	    (struct pipe_buffer *)(m->segments.table +
				   index * bpf_core_type_size(struct pipe_buffer));

	span->address =
	    page_address((__u64)BPF_CORE_READ(buffer, page)) + BPF_CORE_READ(buffer, offset);
	span->length = BPF_CORE_READ(buffer, len);
}

static __always_inline void find_span(struct message *m, struct span *span)
{
	const void *entry =
	    (const void *)(m->segments.table + m->segments.index * sizeof(struct iovec));

	if (m->segments.kind == SEGMENTS_BUFFER) {
		span->address = m->segments.table;
		span->length = m->segments.length;
	} else if (m->segments.kind == SEGMENTS_VECTOR) {
		bpf_probe_read_kernel(span, sizeof(*span), entry);
	} else {
		bpf_probe_read_user(span, sizeof(*span), entry);
	}
}

/* bpf_loop() callback: at most one piece. */
static long put_next_segment(__u32 step, void *context)
{
	struct message *m = *(struct message **)context;
	const bool pipe = m->segments.kind == SEGMENTS_PIPE;
	struct span span = {};
	__u64 left;
	__u32 size;

	if (m->segments.index >= m->segments.count)
		return 1;
	if (pipe)
		find_pipe_span(m, &span);
	else
		find_span(m, &span);
	if (m->segments.done >= span.length) {
		m->segments.index++;
		m->segments.done = 0;
		return 0;
	}
	left = span.length - m->segments.done;
	if (left > 0xffffffff)
		left = 0xffffffff;
	if (pipe)
		size = put_piece(m, span.address + m->segments.done, left, KERNEL_MEMORY);
	else
		size = put_piece(m, span.address + m->segments.done, left, USER_MEMORY);
	m->segments.done += size;
	return size == 0 || is_whole(m);
}

static __always_inline void put_segments(struct message *m)
{
	bpf_loop(MAX_STEPS, put_next_segment, &m, 0);
}

/* Only the first bytes of a message, to look at its header; put_segments() then goes on. */
static __always_inline void put_header(struct message *m, __u32 size)
{
	__u32 total = m->total;

	if (m->total > size)
		m->total = size;
	put_segments(m);
	m->total = total;
}

#endif
