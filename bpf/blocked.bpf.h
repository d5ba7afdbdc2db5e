/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Threads that already wait in read() when the probe is attached. A function's exit is only seen if
 * its entry was, so the request that wakes such a thread would be missed, once for each. User space
 * lists them; each one's next return from a system call is looked at instead.
 */
#ifndef FUSEWIRE_BLOCKED_BPF_H
#define FUSEWIRE_BLOCKED_BPF_H

#include "system_call.bpf.h"

struct thread_set {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1 << 14);
	__type(key, __u32);
	__type(value, __u8);
};

struct thread_set blocked SEC(".maps"); /* listed, and not back yet */
struct thread_set entered SEC(".maps"); /* seen since at entry or exit: their exits are seen too */

__u64 watches_blocked = 0; /* set by user space until all of them are back */
__u64 lists_blocked = 0;   /* set while it makes the list: any thread may belong to it */

static __always_inline void note_entry(void)
{
	__u32 thread = bpf_get_current_pid_tgid();
	__u8 yes = 1;

	if (watches_blocked)
		bpf_map_update_elem(&entered, &thread, &yes, BPF_ANY);
}

SEC("tp_btf/sys_exit")
int BPF_PROG(blocked_return, struct pt_regs *regs, long result)
{
	__u32 thread = bpf_get_current_pid_tgid();
	__u64 call = regs->orig_ax;
	struct fuse_dev *fud;
	__u32 conn;

	if (!is_read_call(call))
		return 0;
	if (bpf_map_delete_elem(&blocked, &thread) && !lists_blocked)
		return 0;
	if (result <= 0 || bpf_map_lookup_elem(&entered, &thread))
		return 0;
	fud = fuse_dev_of(file_of(regs->di));
	if (!fud)
		return 0;
	conn = conn_of_dev(fud);
	if (wanted(conn) && wanted_server())
		emit_read_call(PROGRAM_BLOCKED, conn, regs, call, result);
	return 0;
}

#endif
