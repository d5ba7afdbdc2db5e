/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The tier tp: the two tracepoints of fs/fuse, in the tree since 6.12. The bytes come from the
 * kernel's own struct fuse_req, so every transport looks the same. What has no fuse_req, or whose
 * reply the kernel refuses, is not seen: FORGET, INTERRUPT, notifications.
 */
#ifndef FUSEWIRE_TIER_TP_BPF_H
#define FUSEWIRE_TIER_TP_BPF_H

#include "kernel_args.bpf.h"

static __always_inline __u8 transport_of_req(struct fuse_req *req)
{
	return over_io_uring(req, KNOWN_TYPE) ? FUSE_EVENT_IO_URING : FUSE_EVENT_TRACEPOINT;
}

/* Called just before the request is queued; on 6.12 before its unique is assigned. */
SEC("tp_btf/fuse_request_send")
int BPF_PROG(tp_send, struct fuse_req *req)
{
	__u32 conn = conn_of_known(req);
	struct message *m;

	if (!wanted(conn) || !may_be_wanted(req))
		return 0;
	m = begin_message(PROGRAM_REQUEST, conn, FUSE_EVENT_REQUEST, transport_of_req(req));
	if (!m)
		return 0;
	set_pair_key(m, req);
	emit_request_of(m, req, m->event.pair_key, m->event.tgid, KNOWN_TYPE);
	return 0;
}

/* Also called for requests that were aborted: those have no reply header. */
SEC("tp_btf/fuse_request_end")
int BPF_PROG(tp_end, struct fuse_req *req)
{
	__u32 conn = conn_of_known(req);
	struct message *m;

	if (!req->out.h.unique || !wanted(conn) || !may_be_wanted(req))
		return 0;
	m = begin_message(PROGRAM_REPLY, conn, FUSE_EVENT_REPLY, transport_of_req(req));
	if (!m)
		return 0;
	set_pair_key(m, req);
	emit_reply_of(m, req, m->event.pair_key, true, KNOWN_TYPE);
	return 0;
}

#endif
