/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What every tier shares: the ring, the counters of what was lost, and the way a message goes into
 * the ring in chunks. A tier begins a message, puts pieces of memory into it from a bpf_loop()
 * callback, and ends it; it decodes nothing.
 */
#ifndef FUSEWIRE_EMIT_BPF_H
#define FUSEWIRE_EMIT_BPF_H

#include "fuse_event.h"
#include "fuse_kernel.h"

/* Steps of one walk: an argument, a page, or the part of one that still fits in the chunk. */
#define MAX_STEPS (1 << 16)

/* Run-time constants: set by user space before load, then known to the verifier. */
const volatile __u32 snap_length = 1 << 22;
const volatile __u32 wakeup_shift = 18; /* wake the reader each time 2^n more bytes wait */
const volatile __u64 pair_key_secret = 0;

/* Memory-mapped by user space, so it is readable after privileges are dropped. */
struct fuse_loss loss[FUSE_EVENT_MAX_CPUS] = {};

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 24);
} ring SEC(".maps");

/* The arguments of a request in kernel memory (kernel_args.bpf.h). */
struct kernel_arguments {
	__u32 count, index, done;
	__u32 pages; /* the last argument is in these pages */
	__u32 page, page_done;
	__u64 page_table, page_descs;
	struct fuse_argument {
		__u32 size;
		__u32 reserved;
		__u64 value;
	} args[4];
};

/* The buffers of a system call (segments.bpf.h). */
struct segments {
	__u32 kind, count, index;
	__u32 first, mask; /* a pipe: its oldest buffer, and the number of buffers - 1 */
	__u64 done;	   /* of the segment at index */
	__u64 table;	   /* the first segment, or where its description is */
	__u64 length;	   /* of a single segment */
};

/* What runs at the same time: each has a message of its own. The tiers use them as they need. */
enum program {
	PROGRAM_REQUEST,
	PROGRAM_REPLY,
	PROGRAM_RESULT,
	PROGRAM_URING_REQUEST,
	PROGRAM_URING_REPLY,
	PROGRAM_BLOCKED,
	PROGRAM_LOOK,
	PROGRAM_COUNT,
};

/*
 * A message on its way into the ring. Each program has one on each CPU: a program may be preempted
 * and another one run there, but never itself.
 */
struct message {
	__u64 counter;
	__u64 unlooked; /* bytes handed out since this CPU looked at how full the ring is */
	__u64 fullness; /* what it saw: multiples of 2^wakeup_shift */
	__u32 total;	/* bytes to hand out: the message, or the snap length */
	__u32 fill;	/* bytes in this chunk */
	__u32 failed;	/* the ring was full */
	__u32 lost;	/* messages that failed so since the last whole one */
	union {		/* where the next piece comes from */
		struct kernel_arguments from;
		struct segments segments;
	};
	struct fuse_event event;
	/* Twice a chunk: the verifier adds the largest offset and the largest piece. */
	__u8 bytes[2 * FUSE_EVENT_CHUNK];
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, PROGRAM_COUNT);
	__type(key, __u32);
	__type(value, struct message);
} messages SEC(".maps");

_Static_assert(sizeof(struct message) <= 32768, "a per-CPU value is at most 32 KiB");

/*
 * Equal for a request and its reply, never 0, and no kernel address for whoever reads the file. The
 * verifier allows no arithmetic on the pointer itself, so it goes through map memory.
 */
static __always_inline void set_pair_key(struct message *m, const void *req)
{
	volatile __u64 *slot = &m->event.pair_key;
	__u64 key;

	*slot = (__u64)req;
	key = (*slot ^ pair_key_secret) * 0x9e3779b97f4a7c15ull;
	key ^= key >> 32;
	*slot = key ? key : 1;
}

static __always_inline struct message *begin_message(__u32 program, __u32 conn, __u8 direction,
						     __u8 transport)
{
	struct message *m = bpf_map_lookup_elem(&messages, &program);
	__u64 task = bpf_get_current_pid_tgid();

	if (!m)
		return NULL;
	m->fill = 0;
	m->failed = 0;
	m->event.time_ns = bpf_ktime_get_ns();
	m->event.msg_id = (__u64)bpf_get_smp_processor_id() << 48 | (__u64)program << 44 |
			  (m->counter++ & ((1ull << 44) - 1));
	m->event.conn = conn;
	if (m->event.tid != (__u32)task)
		bpf_get_current_comm(m->event.comm, sizeof(m->event.comm));
	m->event.tgid = task >> 32;
	m->event.tid = task;
	m->event.offset = 0;
	m->event.pair_key = 0;
	m->event.result = 0;
	m->event.lost_before = m->lost;
	m->event.reserved = 0;
	m->event.version = FUSE_EVENT_VERSION;
	m->event.direction = direction;
	m->event.transport = transport;
	m->event.flags = FUSE_EVENT_FIRST;
	return m;
}

/* Set before the first piece: how long the message is on the wire. */
static __always_inline void set_length(struct message *m, __u32 length)
{
	m->event.msg_length = length;
	m->total = length < snap_length ? length : snap_length;
}

/*
 * A wake-up costs more than everything else here, so the reader polls and is woken only when the
 * ring fills up: each time the waiting bytes pass a multiple of 2^wakeup_shift. To ask for that
 * costs something too, so it is asked after a sixteenth of such a step.
 */
static __always_inline __u64 wakeup_flags(struct message *m, __u64 size)
{
	__u64 before = m->fullness;

	m->unlooked += size;
	if (m->unlooked < (1ull << wakeup_shift) / 16)
		return BPF_RB_NO_WAKEUP;
	m->unlooked = 0;
	m->fullness = (bpf_ringbuf_query(&ring, BPF_RB_AVAIL_DATA) + size) >> wakeup_shift;
	return m->fullness > before ? BPF_RB_FORCE_WAKEUP : BPF_RB_NO_WAKEUP;
}

static __always_inline void flush_chunk(struct message *m)
{
	__u64 fill = m->fill;

	asm volatile("" : "+r"(fill));
	if (fill > FUSE_EVENT_CHUNK)
		return;
	m->event.captured = fill;
	fill += sizeof(m->event);
	if (bpf_ringbuf_output(&ring, &m->event, fill, wakeup_flags(m, fill)))
		m->failed = 1;
	m->event.offset += m->event.captured;
	m->event.flags &= ~FUSE_EVENT_FIRST;
	m->fill = 0;
}

static __always_inline void count_lost_message(__u32 length)
{
	__u32 cpu = bpf_get_smp_processor_id();
	struct fuse_loss *lost = &loss[cpu & (FUSE_EVENT_MAX_CPUS - 1)];

	/* Atomic: another program of ours may preempt this one here. */
	__sync_fetch_and_add(&lost->messages, 1);
	__sync_fetch_and_add(&lost->bytes, length);
}

enum memory { KERNEL_MEMORY, USER_MEMORY };

/*
 * Copies as much of [addr, addr + left) as the chunk and the snap length have room for; returns how
 * much, 0 when the message is complete or lost. A full chunk goes to the ring, but never the last
 * one: end_message() still has to mark it.
 */
static __always_inline __u32 put_piece(struct message *m, __u64 addr, __u32 left,
				       const enum memory memory)
{
	__u32 missing = m->total - m->event.offset - m->fill;
	__u64 fill, size;
	long failed;

	if (missing == 0)
		return 0;
	if (m->fill == FUSE_EVENT_CHUNK)
		flush_chunk(m);
	if (m->failed)
		return 0;
	/* 64-bit and pinned: else clang checks a copy and the verifier rejects the original. */
	fill = m->fill;
	size = FUSE_EVENT_CHUNK - fill;
	if (size > left)
		size = left;
	if (size > missing)
		size = missing;
	asm volatile("" : "+r"(fill), "+r"(size));
	if (fill >= FUSE_EVENT_CHUNK || size == 0 || size > FUSE_EVENT_CHUNK)
		return 0;
	/* On failure the helper has cleared the destination. */
	if (memory == USER_MEMORY)
		failed = bpf_probe_read_user(m->bytes + fill, size, (const void *)addr);
	else
		failed = bpf_probe_read_kernel(m->bytes + fill, size, (const void *)addr);
	if (failed)
		m->event.flags |= FUSE_EVENT_FAULT;
	m->fill = fill + size;
	return size;
}

/* Whether everything that is kept of the message has been put. */
static __always_inline bool is_whole(struct message *m)
{
	return m->event.offset + m->fill >= m->total;
}

/* Hands out the last chunk, or counts the message as lost. */
static __always_inline void end_message(struct message *m)
{
	m->event.flags |= FUSE_EVENT_LAST;
	if (m->event.offset + m->fill < m->event.msg_length)
		m->event.flags |= FUSE_EVENT_TRUNC;
	if (!m->failed)
		flush_chunk(m);
	if (m->failed) {
		count_lost_message(m->event.msg_length);
		m->lost++;
	} else {
		m->lost = 0;
	}
}

#endif
