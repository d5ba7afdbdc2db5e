/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The few members of the kernel's FUSE structures that the probe reads. Not a copy of one kernel's
 * headers: every access is relocated when the program is loaded, so only names and types count
 * here, not positions. Where releases differ, the other form is a flavour (name___suffix) and
 * reading it must stand behind a bpf_core_*_exists() guard, which the verifier then removes.
 */
#ifndef FUSEWIRE_FUSE_KERNEL_H
#define FUSEWIRE_FUSE_KERNEL_H

#include <linux/types.h>
#include <stdbool.h>

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

/* Sizes of the headers on the wire; uapi, the same on every kernel. */
#define FUSE_IN_HEADER_SIZE 40
#define FUSE_OUT_HEADER_SIZE 16

struct fuse_in_header {
	__u32 len;
	__u32 opcode;
	__u64 unique;
};

struct fuse_out_header {
	__u32 len;
	__s32 error;
	__u64 unique;
};

struct fuse_conn {
	__u32 dev; /* dev_t in the kernel's encoding: major << 20 | minor */
};

struct fuse_mount {
	struct fuse_conn *fc;
};

struct fuse_in_arg {
	unsigned int size;
	const void *value;
};

struct fuse_arg {
	unsigned int size;
	void *value;
};

struct fuse_args {
	__u8 in_numargs;
	__u8 out_numargs;
	bool in_pages : 1;
	bool out_pages : 1;
	struct fuse_in_arg in_args[4];
	struct fuse_arg out_args[2];
};

typedef struct {
	int counter;
} atomic_t;

typedef struct refcount_struct {
	atomic_t refs;
} refcount_t;

struct fuse_req {
	struct fuse_args *args;
	refcount_t count;
	unsigned long flags;
	struct {
		struct fuse_in_header h;
	} in;
	struct {
		struct fuse_out_header h;
	} out;
	struct fuse_mount *fm;
};

/* 7.3 split the channel from the mount: req->chan->conn instead of req->fm->fc. */
struct fuse_chan___v73 {
	struct fuse_conn *conn;
};

struct fuse_req___v73 {
	struct fuse_chan___v73 *chan;
};

/* Bits of fuse_req.flags. The values given here are never used, only the names. */
enum fuse_req_flag {
	FR_BACKGROUND = 1,
};

/* Since 6.14, where FUSE over io_uring is configured. */
enum fuse_req_flag___uring {
	FR_URING___uring = 12,
};

struct page;

struct fuse_args_pages {
	struct fuse_args args;
	struct page **folios; /* struct folio, whose first member is its first page */
	void *descs;
	unsigned int num_folios;
};

/* Before 6.13: pages. */
struct fuse_args_pages___pages {
	struct page **pages;
	void *descs;
	unsigned int num_pages;
};

/* For the search for the kernel's direct map (page_map.bpf.h). */
struct page {
	unsigned long flags;
};

struct pipe_buffer {
	struct page *page;
};

struct pipe_inode_info {
	struct pipe_buffer *bufs;
};

struct file {
	void *private_data;
};

struct fdtable {
	struct file **fd;
};

struct files_struct {
	struct fdtable *fdt;
};

struct task_struct {
	struct files_struct *files;
};

#pragma clang attribute pop

/* fuse_folio_desc, or fuse_page_desc before folios: both are these two words, in one place. */
struct fuse_desc {
	__u32 length;
	__u32 offset;
};

#endif
