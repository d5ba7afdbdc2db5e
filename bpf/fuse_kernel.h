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
	__u64 nodeid;
	__u32 uid;
	__u32 gid;
	__u32 pid;
};

struct fuse_out_header {
	__u32 len;
	__s32 error;
	__u64 unique;
};

struct list_head {
	struct list_head *next;
};

/* Requests that no server has read yet. */
struct fuse_iqueue {
	struct list_head pending;
};

/* Requests that a server has: being copied, or read and not answered. */
struct fuse_pqueue {
	struct list_head *processing;
	struct list_head io;
};

struct fuse_ring;

/* What INIT settled is kept as one bit a feature. */
struct fuse_conn {
	__u32 dev; /* dev_t in the kernel's encoding: major << 20 | minor */
	unsigned int minor;
	unsigned int max_write;
	int initialized;
	struct fuse_iqueue iq;
	struct list_head bg_queue;
	struct fuse_ring *ring;
	unsigned int async_read : 1;
	unsigned int atomic_o_trunc : 1;
	unsigned int export_support : 1;
	unsigned int big_writes : 1;
	unsigned int dont_mask : 1;
	unsigned int no_flock : 1;
	unsigned int no_lock : 1;
	unsigned int auto_inval_data : 1;
	unsigned int do_readdirplus : 1;
	unsigned int readdirplus_auto : 1;
	unsigned int async_dio : 1;
	unsigned int writeback_cache : 1;
	unsigned int parallel_dirops : 1;
	unsigned int handle_killpriv : 1;
	unsigned int posix_acl : 1;
	unsigned int abort_err : 1;
	unsigned int cache_symlinks : 1;
	unsigned int explicit_inval_data : 1;
	unsigned int auto_submounts : 1;
	unsigned int handle_killpriv_v2 : 1;
	unsigned int setxattr_ext : 1;
	unsigned int init_security : 1;
	unsigned int create_supp_group : 1;
	unsigned int inode_dax : 1;
	unsigned int passthrough : 1;
	unsigned int direct_io_allow_mmap : 1;
	unsigned int io_uring;
};

/* An open /dev/fuse. */
struct fuse_dev {
	struct fuse_conn *fc;
	struct fuse_pqueue pq;
};

struct fuse_ring_queue {
	struct list_head fuse_req_queue;
	struct list_head fuse_req_bg_queue;
	struct fuse_pqueue fpq;
};

struct fuse_ring {
	unsigned long nr_queues;
	struct fuse_ring_queue **queues;
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
	struct list_head list;
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

/* 7.x split the channel from the mount: req->chan->conn instead of req->fm->fc, and so on. */
struct fuse_chan___v7 {
	struct fuse_conn *conn;
	struct fuse_iqueue iq;
	struct list_head bg_queue;
	struct fuse_ring *ring;
	int initialized;
	unsigned int minor;
	unsigned int max_write;
	unsigned int io_uring;
};

struct fuse_dev___v7 {
	struct fuse_chan___v7 *chan;
};

struct fuse_req___v7 {
	struct fuse_chan___v7 *chan;
};

/* Bits of fuse_req.flags. The values given here are never used, only the names. */
enum fuse_req_flag {
	FR_BACKGROUND = 1,
	FR_SENT = 2,
	FR_FINISHED = 3,
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

struct iovec {
	__u64 iov_base;
	__u64 iov_len;
};

/* Only the names count; 6.1 has other values. */
enum iter_type {
	ITER_UBUF = 1,
	ITER_IOVEC = 2,
};

struct iov_iter {
	__u8 iter_type;
	const struct iovec *__iov;
	void *ubuf;
	unsigned long nr_segs;
};

/* Before 6.4: iov. */
struct iov_iter___iov {
	const struct iovec *iov;
};

struct pipe_buffer {
	struct page *page;
	unsigned int offset;
	unsigned int len;
};

/* One read or write of /dev/fuse. */
struct fuse_copy_state {
	struct fuse_req *req;
	struct iov_iter *iter; /* NULL: splice */
	struct pipe_buffer *pipebufs;
	unsigned long nr_segs;
};

/* Since 6.14, where FUSE over io_uring is configured. */
struct fuse_copy_state___uring {
	bool write : 1;
	bool is_uring : 1;
};

struct page {
	unsigned long flags;
};

struct pipe_inode_info {
	unsigned int head; /* 16 bits since 6.14 */
	unsigned int tail;
	unsigned int ring_size;
	struct pipe_buffer *bufs;
};

struct inode {
	__u32 i_rdev;
};

struct file {
	void *private_data;
	struct inode *f_inode;
};

struct fdtable {
	unsigned int max_fds;
	struct file **fd;
};

struct files_struct {
	struct fdtable *fdt;
};

struct task_struct {
	int pid;
	int tgid;
	char comm[16];
	struct files_struct *files;
};

/* Registers of x86-64, under the kernel's names. */
struct pt_regs {
	unsigned long r10;
	unsigned long r9;
	unsigned long r8;
	unsigned long ax;
	unsigned long cx;
	unsigned long dx;
	unsigned long si;
	unsigned long di;
	unsigned long orig_ax;
};

struct seq_file;

struct bpf_iter_meta {
	struct seq_file *seq;
};

struct bpf_iter__task_file {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
	__u32 fd;
	struct file *file;
};

#pragma clang attribute pop

/*
 * How one of these is pointed to. A known pointer is a hook's own argument, or was loaded through
 * one: the verifier lets plain loads follow it, which saves a helper call for each member.
 */
enum pointer { KNOWN_TYPE, PLAIN_ADDRESS };

#define MEMBER(pointer, from, member)                                                              \
	((pointer) == KNOWN_TYPE ? (from)->member : BPF_CORE_READ(from, member))
#define BIT_MEMBER(pointer, from, member)                                                          \
	((pointer) == KNOWN_TYPE ? BPF_CORE_READ_BITFIELD(from, member)                            \
				 : BPF_CORE_READ_BITFIELD_PROBED(from, member))

/* fuse_folio_desc, or fuse_page_desc before folios: both are these two words, in one place. */
struct fuse_desc {
	__u32 length;
	__u32 offset;
};

#endif
