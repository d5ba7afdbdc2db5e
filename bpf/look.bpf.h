/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A look at what there was before us, run by user space through an iterator over all open files:
 * who has which connection open, what INIT settled there, and the requests on their way. The lists
 * are walked without their locks, so each step is bounded and what changes meanwhile may be missed;
 * what is handed out is checked afterwards.
 */
#ifndef FUSEWIRE_LOOK_BPF_H
#define FUSEWIRE_LOOK_BPF_H

#include "kernel_args.bpf.h"
#include "system_call.bpf.h"

const volatile __u32 pairs_by_address = 0; /* the tier's request_key: else it is unique */

__u64 lists_requests = 0; /* set by user space: also hand out the requests */
__u64 look_number = 0;	  /* set by user space: another one for each look */

/* The look that was at a connection's or a descriptor's lists last: files are met several times. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1 << 12);
	__type(key, __u64);
	__type(value, __u64);
} visited SEC(".maps");

/* Most requests and empty lists that one look visits for one descriptor. */
#define LOOK_STEPS (1 << 16)

#define PROCESSING_LISTS 256 /* FUSE_PQ_HASH_SIZE */
#define LISTS_OF_DEVICE (2 + PROCESSING_LISTS)
#define LISTS_OF_QUEUE (2 + PROCESSING_LISTS)

/* The connection as a walk needs it, whichever release. */
struct walk {
	__u64 pending;	  /* lists of requests: not read */
	__u64 processing; /* of this descriptor */
	__u64 copying;
	__u64 queues; /* of io_uring */
	__u64 queue_count;
	__u64 list;    /* head of the one that is walked; 0: the next one */
	__u64 request; /* next one in it */
	__u32 index;   /* number of the next list */
	__u32 conn;
};

/*
 * Only one look runs at a time. Not on the stack: until 6.7 the verifier takes the branches of a
 * bpf_loop() callback that its first call cannot reach for dead code.
 */
static struct walk current_walk;

#define ADDRESS(pointer, member) ((__u64)__builtin_preserve_access_index(&(pointer)->member))

/* Whether this look is here for the first time, which it remembers. */
static __always_inline bool is_first_visit(__u64 address)
{
	__u64 number = look_number;
	__u64 *last = bpf_map_lookup_elem(&visited, &address);

	if (last && *last == number)
		return false;
	bpf_map_update_elem(&visited, &address, &number, BPF_ANY);
	return true;
}

/*
 * Requests that wait for a place among the background ones are not on their way: they have no
 * unique yet.
 */
static __always_inline void open_walk(struct walk *walk, struct fuse_dev *fud)
{
	struct fuse_dev___v7 *newer = (struct fuse_dev___v7 *)fud;
	struct fuse_ring *uring = NULL;

	if (bpf_core_field_exists(newer->chan)) {
		struct fuse_chan___v7 *chan = BPF_CORE_READ(newer, chan);

		walk->pending = ADDRESS(chan, iq.pending);
		if (bpf_core_field_exists(chan->ring))
			uring = BPF_CORE_READ(chan, ring);
	} else {
		struct fuse_conn *fc = BPF_CORE_READ(fud, fc);

		walk->pending = ADDRESS(fc, iq.pending);
		if (bpf_core_field_exists(fc->ring))
			uring = BPF_CORE_READ(fc, ring);
	}
	if (is_first_visit((__u64)fud)) {
		walk->processing = (__u64)BPF_CORE_READ(fud, pq.processing);
		walk->copying = ADDRESS(fud, pq.io);
	}
	if (!is_first_visit(walk->pending)) {
		walk->pending = 0;
		return;
	}
	if (uring && bpf_core_field_exists(uring->queues)) {
		walk->queues = (__u64)BPF_CORE_READ(uring, queues);
		walk->queue_count = BPF_CORE_READ(uring, nr_queues);
	}
}

static __always_inline __u64 list_at(__u64 table, __u32 index)
{
	return table + index * bpf_core_type_size(struct list_head);
}

static __always_inline __u64 list_of_queue(struct walk *walk, __u32 index)
{
	struct fuse_ring_queue *queue = NULL;
	__u64 slot = walk->queues + index / LISTS_OF_QUEUE * sizeof(queue);

	index %= LISTS_OF_QUEUE;
	bpf_probe_read_kernel(&queue, sizeof(queue), (const void *)slot);
	if (!queue || !bpf_core_type_exists(struct fuse_ring_queue))
		return 0;
	if (index == 0)
		return ADDRESS(queue, fuse_req_queue);
	if (index == 1)
		return ADDRESS(queue, fuse_req_bg_queue);
	return list_at((__u64)BPF_CORE_READ(queue, fpq.processing), index - 2);
}

/* The head of the list of that number; 0: there is no such list, but there may be others. */
static __always_inline __u64 list_of(struct walk *walk, __u32 index)
{
	if (index == 0)
		return walk->pending;
	if (index == 1)
		return walk->copying;
	if (index < LISTS_OF_DEVICE)
		return walk->processing ? list_at(walk->processing, index - 2) : 0;
	return list_of_queue(walk, index - LISTS_OF_DEVICE);
}

static __always_inline bool is_past_last_list(struct walk *walk)
{
	return walk->index >= LISTS_OF_DEVICE + walk->queue_count * LISTS_OF_QUEUE;
}

/* One chunk at most, so that it can still be withdrawn when the request was over meanwhile. */
static __always_inline void list_request(struct walk *walk, struct fuse_req *req)
{
	__u64 unique = BPF_CORE_READ(req, in.h.unique);
	enum decision decision = EMIT;
	struct message *m = begin_message(
	    PROGRAM_LOOK, walk->conn, FUSE_EVENT_REQUEST,
	    over_io_uring(req, PLAIN_ADDRESS) ? FUSE_EVENT_IO_URING : FUSE_EVENT_TRACEPOINT);
	__u64 key;

	if (!m || !unique)
		return;
	m->event.flags |= FUSE_EVENT_IN_FLIGHT;
	if (!has_flag(req, bpf_core_enum_value(enum fuse_req_flag, FR_SENT), PLAIN_ADDRESS))
		m->event.flags |= FUSE_EVENT_UNREAD;
	key = key_of_unique(unique);
	if (pairs_by_address) {
		set_pair_key(m, req);
		key = m->event.pair_key;
	}
	open_request(m, req, PLAIN_ADDRESS);
	if (m->total > FUSE_EVENT_CHUNK)
		m->total = FUSE_EVENT_CHUNK;
	put_args(m);
	if (BPF_CORE_READ(req, in.h.unique) != unique ||
	    has_flag(req, bpf_core_enum_value(enum fuse_req_flag, FR_FINISHED), PLAIN_ADDRESS))
		return;
	if (judges())
		decision = judge_request(m, key, 0);
	if (decision != DROP)
		finish_request(m, decision, key);
}

/* bpf_loop() callback: one request, or one list begun or left. */
static long look_further(__u32 step, void *context)
{
	struct walk *walk = &current_walk;
	struct list_head *head;
	struct fuse_req *req;

	if (!walk->list) {
		if (is_past_last_list(walk))
			return 1;
		head = (struct list_head *)list_of(walk, walk->index++);
		walk->list = (__u64)head;
		if (head)
			walk->request = (__u64)BPF_CORE_READ(head, next);
		return 0;
	}
	if (walk->request == walk->list || walk->request < FUSE_EVENT_CHUNK) {
		walk->list = 0;
		return 0;
	}
	req = (struct fuse_req *)(walk->request -
				  __builtin_preserve_field_info(((struct fuse_req *)0)->list,
								BPF_FIELD_BYTE_OFFSET));
	list_request(walk, req);
	walk->request = (__u64)BPF_CORE_READ(req, list.next);
	return 0;
}

/* A member of fuse_conn that is one where INIT settled a flag. */
#define SETTLED(member, bit)                                                                       \
	do {                                                                                       \
		if (bpf_core_field_exists(fc->member) &&                                           \
		    BPF_CORE_READ_BITFIELD_PROBED(fc, member))                                     \
			flags |= 1ull << (bit);                                                    \
	} while (0)

/* What the kernel remembers of the flags of INIT; some leave no trace. */
static __always_inline __u64 init_flags_of(struct fuse_conn *fc)
{
	__u64 flags = 0;

	SETTLED(async_read, 0);
	SETTLED(atomic_o_trunc, 3);
	SETTLED(export_support, 4);
	SETTLED(big_writes, 5);
	SETTLED(dont_mask, 6);
	SETTLED(auto_inval_data, 12);
	SETTLED(do_readdirplus, 13);
	SETTLED(readdirplus_auto, 14);
	SETTLED(async_dio, 15);
	SETTLED(writeback_cache, 16);
	SETTLED(parallel_dirops, 18);
	SETTLED(handle_killpriv, 19);
	SETTLED(posix_acl, 20);
	SETTLED(abort_err, 21);
	SETTLED(cache_symlinks, 23);
	SETTLED(explicit_inval_data, 25);
	SETTLED(auto_submounts, 27);
	SETTLED(handle_killpriv_v2, 28);
	SETTLED(setxattr_ext, 29);
	SETTLED(init_security, 32);
	SETTLED(create_supp_group, 34);
	SETTLED(inode_dax, 33);
	SETTLED(direct_io_allow_mmap, 36);
	SETTLED(passthrough, 37);
	if (!BPF_CORE_READ_BITFIELD_PROBED(fc, no_flock))
		flags |= 1ull << 10;
	if (!BPF_CORE_READ_BITFIELD_PROBED(fc, no_lock))
		flags |= 1ull << 1;
	return flags;
}

static __always_inline void describe_connection(struct fuse_snapshot *row, struct fuse_dev *fud)
{
	struct fuse_dev___v7 *newer = (struct fuse_dev___v7 *)fud;
	struct fuse_conn *fc;
	int initialized;

	if (bpf_core_field_exists(newer->chan)) {
		fc = BPF_CORE_READ(newer, chan, conn);
		initialized = BPF_CORE_READ(newer, chan, initialized);
		row->minor = BPF_CORE_READ(newer, chan, minor);
		row->max_write = BPF_CORE_READ(newer, chan, max_write);
	} else {
		fc = BPF_CORE_READ(fud, fc);
		initialized = BPF_CORE_READ(fc, initialized);
		row->minor = BPF_CORE_READ(fc, minor);
		row->max_write = BPF_CORE_READ(fc, max_write);
	}
	if (initialized)
		row->init_flags = init_flags_of(fc);
	else
		row->minor = 0;
}

SEC("iter/task_file")
int look(struct bpf_iter__task_file *ctx)
{
	struct task_struct *task = ctx->task;
	struct fuse_snapshot row = {};
	struct fuse_dev *fud;

	if (!ctx->file || !task)
		return 0;
	fud = fuse_dev_of(ctx->file);
	if (!fud)
		return 0;
	row.conn = conn_of_dev(fud);
	if (!row.conn || !wanted(row.conn))
		return 0;
	row.tgid = BPF_CORE_READ(task, tgid);
	bpf_probe_read_kernel(row.comm, sizeof(row.comm), task->comm);
	describe_connection(&row, fud);
	bpf_seq_write(ctx->meta->seq, &row, sizeof(row));
	if (!lists_requests)
		return 0;
	__builtin_memset(&current_walk, 0, sizeof(current_walk));
	current_walk.conn = row.conn;
	open_walk(&current_walk, fud);
	bpf_loop(LOOK_STEPS, look_further, NULL, 0);
	return 0;
}

#endif
