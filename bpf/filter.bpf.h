/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What is left out before it costs anything: other connections, servers, opcodes, callers, replies
 * without an error, and file data beyond a limit. A reply says nothing of its request but unique,
 * so a filter that looks at requests remembers those it let pass.
 */
#ifndef FUSEWIRE_FILTER_BPF_H
#define FUSEWIRE_FILTER_BPF_H

#include "emit.bpf.h"
#include "fuse_kernel.h"

/* Run-time constants: a filter that is off costs nothing, its code is gone. */
const volatile __u32 filter_count = 0; /* 0: every connection */
const volatile __u32 filter_conns[FUSE_EVENT_MAX_FILTER] = {};
const volatile __u32 filter_server = 0; /* process id; 0: every server */
const volatile __u32 filter_has_opcodes = 0;
const volatile __u64 filter_opcodes[FUSE_EVENT_OPCODE_WORDS] = {};
const volatile __u32 filter_other_opcodes = 0; /* those beyond the words */
const volatile __u32 filter_has_pids = 0;
const volatile __u32 filter_has_uid = 0;
const volatile __u32 filter_uid = 0;
const volatile __u32 filter_errors = 0;	      /* only replies with an error, and their requests */
const volatile __u32 data_bytes = 0xffffffff; /* of file data in WRITE and READ */

struct request_key {
	__u64 key; /* unique, or what pairs request and reply in this tier */
	__u64 conn;
};

/* Requests that were let pass, and their opcodes. User space makes it tiny where no filter asks. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1 << 16);
	__type(key, struct request_key);
	__type(value, __u32);
} asked SEC(".maps");

/* With filter_errors: requests that wait to be wanted. */
struct held_request {
	struct fuse_event event;
	__u8 bytes[FUSE_EVENT_HELD];
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1 << 13);
	__type(key, struct request_key);
	__type(value, struct held_request);
} held SEC(".maps");

/* Callers: the threads of the processes asked for. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1 << 14);
	__type(key, __u32);
	__type(value, __u8);
} filter_pids SEC(".maps");

enum decision { DROP, EMIT, HOLD };

/* Bytes on the wire before the file data. */
#define WRITE_DATA_OFFSET 80
#define READ_DATA_OFFSET 16
#define STORE_DATA_OFFSET 40

enum { OPCODE_READ = 15, OPCODE_WRITE = 16, OPCODE_NOTIFY_REPLY = 41, NOTIFY_STORE = 4 };

static __always_inline bool wanted(__u32 conn)
{
	if (!filter_count)
		return true;
	for (__u32 i = 0; i < FUSE_EVENT_MAX_FILTER; i++) {
		if (i >= filter_count)
			return false;
		if (filter_conns[i] == conn)
			return true;
	}
	return false;
}

static __always_inline bool wanted_server(void)
{
	return !filter_server || filter_server == bpf_get_current_pid_tgid() >> 32;
}

/* Whether anything depends on what is in a message. */
static __always_inline bool judges(void)
{
	return filter_has_opcodes || filter_has_pids || filter_has_uid || filter_errors ||
	       data_bytes != 0xffffffff;
}

static __always_inline bool wanted_opcode(__u32 opcode)
{
	if (!filter_has_opcodes)
		return true;
	if (opcode >= 64 * FUSE_EVENT_OPCODE_WORDS)
		return filter_other_opcodes;
	return filter_opcodes[opcode / 64 % FUSE_EVENT_OPCODE_WORDS] >> opcode % 64 & 1;
}

/* `task` is the caller's process where the tier runs in it, else 0. */
static __always_inline bool wanted_caller(__u32 pid, __u32 task)
{
	if (!filter_has_pids)
		return true;
	return bpf_map_lookup_elem(&filter_pids, &pid) ||
	       (task && bpf_map_lookup_elem(&filter_pids, &task));
}

static __always_inline void limit_data(struct message *m, __u32 offset)
{
	__u64 most = (__u64)offset + data_bytes;

	if (m->total > most)
		m->total = most;
}

/* The resend bit may be in one of the two. */
static __always_inline __u64 key_of_unique(__u64 unique)
{
	return unique & ~(1ull << 63);
}

/*
 * Judges a request by its header, which is in m->bytes, and sets how much of it is kept. Nothing is
 * called that could fail in silence: a request that cannot be remembered has pushed out the oldest.
 */
static __always_inline enum decision judge_request(struct message *m, __u64 key, __u32 task)
{
	struct fuse_in_header *header = (void *)m->bytes;
	struct request_key slot = {key, m->event.conn};
	__u32 opcode = header->opcode;

	if (m->fill < FUSE_IN_HEADER_SIZE)
		return EMIT;
	if (!wanted_opcode(opcode) || !wanted_caller(header->pid, task))
		return DROP;
	if (filter_has_uid && header->uid != filter_uid)
		return DROP;
	bpf_map_update_elem(&asked, &slot, &opcode, BPF_ANY);
	if (opcode == OPCODE_WRITE || opcode == OPCODE_NOTIFY_REPLY)
		limit_data(m, WRITE_DATA_OFFSET);
	if (!filter_errors)
		return EMIT;
	if (m->total > FUSE_EVENT_HELD)
		m->total = FUSE_EVENT_HELD;
	return HOLD;
}

/* A look does not take the place of the request as it was seen. */
static __always_inline void hold_message(struct message *m, __u64 key)
{
	const bool listed = m->event.flags & FUSE_EVENT_IN_FLIGHT;
	struct request_key slot = {key, m->event.conn};

	m->event.flags |= FUSE_EVENT_LAST;
	if (m->fill < m->event.msg_length)
		m->event.flags |= FUSE_EVENT_TRUNC;
	m->event.captured = m->fill;
	bpf_map_update_elem(&held, &slot, &m->event, listed ? BPF_NOEXIST : BPF_ANY);
}

static __always_inline void finish_request(struct message *m, enum decision decision, __u64 key)
{
	if (decision == HOLD)
		hold_message(m, key);
	else
		end_message(m);
}

/* The request of an error goes into the ring before it, under the number of the reply's program. */
static __always_inline void emit_held(struct message *reply, struct request_key *slot)
{
	struct held_request *request = bpf_map_lookup_elem(&held, slot);
	__u64 size;

	if (!request)
		return;
	request->event.msg_id = reply->event.msg_id;
	request->event.lost_before = 0; /* told with the reply */
	reply->event.msg_id =
	    (reply->event.msg_id & ~((1ull << 44) - 1)) | (reply->counter++ & ((1ull << 44) - 1));
	size = request->event.captured;
	asm volatile("" : "+r"(size));
	if (size > FUSE_EVENT_HELD)
		return;
	size += sizeof(request->event);
	if (bpf_ringbuf_output(&ring, request, size, wakeup_flags(reply, size))) {
		count_lost_message(request->event.msg_length);
		reply->event.lost_before = ++reply->lost;
	}
	bpf_map_delete_elem(&held, slot);
}

/* Whether a reply or a notification, whose header is in m->bytes, is wanted; sets what is kept. */
static __always_inline bool judge_reply(struct message *m, __u64 key)
{
	struct fuse_out_header *header = (void *)m->bytes;
	struct request_key slot = {key, m->event.conn};
	__u32 *asked_opcode, opcode;

	if (m->fill < FUSE_OUT_HEADER_SIZE)
		return true;
	if (header->unique == 0) {
		if (header->error == NOTIFY_STORE)
			limit_data(m, STORE_DATA_OFFSET);
		return !filter_errors;
	}
	asked_opcode = bpf_map_lookup_elem(&asked, &slot);
	if (!asked_opcode)
		return false;
	opcode = *asked_opcode;
	bpf_map_delete_elem(&asked, &slot);
	if (filter_errors) {
		if (!header->error) {
			bpf_map_delete_elem(&held, &slot);
			return false;
		}
		emit_held(m, &slot);
	}
	if (opcode == OPCODE_READ)
		limit_data(m, READ_DATA_OFFSET);
	return true;
}

#endif
