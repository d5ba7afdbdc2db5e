// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The probe: the programs of every tier in one object, of which user space loads those that it
 * needs. What a program touches need only exist on the kernels that it is loaded on.
 */
#define __VMLINUX_H__ /* pt_regs is the kernel's, from fuse_kernel.h */

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

#include "fuse_kernel.h"

#include "look.bpf.h"
#include "tier_device.bpf.h"
#include "tier_sys.bpf.h"
#include "tier_tp.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";
