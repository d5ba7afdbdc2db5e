/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * fuse_event: what the probe hands to user space through its ring buffer. One record is this header
 * followed by `captured` bytes of the message, starting at `offset`; a long message is several
 * records with the same msg_id. Fixed widths, host byte order, every byte written by the probe.
 */
#ifndef FUSEWIRE_FUSE_EVENT_H
#define FUSEWIRE_FUSE_EVENT_H

#include <linux/types.h>

#define FUSE_EVENT_VERSION 3

/* Bytes of a message in one record. Per-CPU scratch is limited to 32 KiB. */
#define FUSE_EVENT_CHUNK 16000

/* Connections that one capture can be limited to. */
#define FUSE_EVENT_MAX_FILTER 32

/* Opcodes that the filter tells apart: 64 a word; those beyond the last word are one. */
#define FUSE_EVENT_OPCODE_WORDS 4

/* Bytes of a request that are kept until its reply says whether it failed. */
#define FUSE_EVENT_HELD 1024

/* Rows of the loss table; a CPU beyond it shares one. A power of two. */
#define FUSE_EVENT_MAX_CPUS 1024

#define FUSE_EVENT_COOKIE_WORDS 8

enum fuse_event_direction {
	FUSE_EVENT_REQUEST = 0,
	FUSE_EVENT_REPLY = 1,  /* a reply or a notification */
	FUSE_EVENT_RESULT = 2, /* no bytes: a server's write() was refused */
};

enum fuse_event_transport {
	FUSE_EVENT_READ_WRITE = 1,
	FUSE_EVENT_SPLICE = 2,
	FUSE_EVENT_IO_URING = 3,
	FUSE_EVENT_TRACEPOINT = 4,
};

enum fuse_event_flag {
	FUSE_EVENT_FIRST = 1 << 0,
	FUSE_EVENT_LAST = 1 << 1,
	FUSE_EVENT_FAULT = 1 << 2,     /* some bytes were not readable and are zero */
	FUSE_EVENT_TRUNC = 1 << 3,     /* cut at the snap length */
	FUSE_EVENT_STALE = 1 << 4,     /* arguments were reused by the kernel: header only */
	FUSE_EVENT_RETRY = 1 << 5,     /* replaces the faulted copy from the same thread */
	FUSE_EVENT_IN_FLIGHT = 1 << 6, /* a look found it; when it was sent is not known */
	FUSE_EVENT_UNREAD = 1 << 7,    /* with IN_FLIGHT: no server thread has read it */
};

struct fuse_event {
	__u64 time_ns;	/* CLOCK_MONOTONIC */
	__u64 msg_id;	/* cpu << 48 | program << 44 | counter */
	__u64 pair_key; /* scrambled request address, equal in request and reply */
	__u32 conn;	/* kernel-encoded dev_t of the connection */
	__u32 tgid;	/* current task at the hook */
	__u32 tid;
	__u32 msg_length;  /* bytes on the wire */
	__u32 offset;	   /* of this record's bytes in the message */
	__u32 captured;	   /* bytes that follow this header */
	__s32 result;	   /* FUSE_EVENT_RESULT: return value of the write */
	__u32 lost_before; /* messages lost since the last whole one of this program and CPU */
	__u32 reserved;
	__u8 version;
	__u8 direction;
	__u8 transport;
	__u8 flags;
	char comm[16]; /* of the current task */
};

/* One CPU's messages that found the ring full, and their bytes on the wire. A cache line each. */
struct fuse_loss {
	__u64 messages;
	__u64 bytes;
	__u64 reserved[6];
};

/*
 * What a look at the open files tells of one descriptor on /dev/fuse, as the iterator's output. A
 * connection has several when its server forked or cloned the device.
 */
struct fuse_snapshot {
	__u32 conn;
	__u32 tgid;
	__u32 minor; /* negotiated; 0 until INIT was answered */
	__u32 max_write;
	__u64 init_flags; /* those that the kernel remembers */
	char comm[16];	  /* of the server */
};

/* Question and answer of the search for the kernel's direct map. */
struct fuse_page_map {
	__u64 pfn;     /* asked: the page with the cookie, ... */
	__u64 pipe_fd; /* ... which is the first one in this pipe of the current task */
	__u64 cookie[FUSE_EVENT_COOKIE_WORDS];
	__u64 vmemmap;	  /* found: address of struct page 0 */
	__u64 direct_map; /* found: address of byte 0 of memory; 0 not found */
};

#endif
