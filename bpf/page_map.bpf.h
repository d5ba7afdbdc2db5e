/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * From struct page to the address of its bytes. The two bases are data symbols that a kernel need
 * not export, so they are measured at start-up: user space puts a page with random content into a
 * pipe and runs find_direct_map once, which finds that page.
 *
 * Needs a kernel with a virtual memory map and 4 KiB pages: x86-64.
 */
#ifndef FUSEWIRE_PAGE_MAP_BPF_H
#define FUSEWIRE_PAGE_MAP_BPF_H

#include "fuse_event.h"
#include "fuse_kernel.h"

#define PAGE_SHIFT 12
#define DIRECT_MAP_ALIGN (1ull << 30) /* KASLR moves it by whole upper-level entries */
#define DIRECT_MAP_STEPS (1 << 16)    /* 64 TiB of memory */

struct fuse_page_map page_map = {};

static __always_inline __u64 page_address(__u64 page)
{
	if (!page_map.direct_map)
		return 0; /* not found: the read faults and the bytes are marked */
	return page_map.direct_map +
	       (page - page_map.vmemmap) / bpf_core_type_size(struct page) * (1ull << PAGE_SHIFT);
}

static long try_direct_map(__u32 step, void *context)
{
	__u64 *highest = context;
	__u64 base = *highest - step * DIRECT_MAP_ALIGN;
	__u64 found[FUSE_EVENT_COOKIE_WORDS];

	if (bpf_probe_read_kernel(found, sizeof(found),
				  (const void *)(base + (page_map.pfn << PAGE_SHIFT))))
		return 0;
	for (int i = 0; i < FUSE_EVENT_COOKIE_WORDS; i++)
		if (found[i] != page_map.cookie[i])
			return 0;
	page_map.direct_map = base;
	return 1;
}

/* Run once with BPF_PROG_TEST_RUN by the process that holds the pipe. */
SEC("raw_tp")
int find_direct_map(void *ctx)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	__u64 highest = (__u64)task & ~(DIRECT_MAP_ALIGN - 1);
	struct file **files = BPF_CORE_READ(task, files, fdt, fd);
	struct pipe_inode_info *pipe;
	struct file *file;
	__u64 page;

	if (bpf_probe_read_kernel(&file, sizeof(file), files + page_map.pipe_fd))
		return 0;
	pipe = BPF_CORE_READ(file, private_data);
	page = (__u64)BPF_CORE_READ(pipe, bufs, page);
	page_map.vmemmap = page - page_map.pfn * bpf_core_type_size(struct page);
	bpf_loop(DIRECT_MAP_STEPS, try_direct_map, &highest, 0);
	return 0;
}

#endif
