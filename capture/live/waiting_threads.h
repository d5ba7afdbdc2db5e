// Threads of a process, and those of FUSE servers that wait in a read of /dev/fuse: their next
// request is seen by nothing that is attached only now.
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>
#include <vector>

namespace fusewire {

// The threads that process `pid` has now, empty if there is no such process. `proc` is where procfs
// is mounted.
std::vector<pid_t> threads_of(pid_t pid, const std::string& proc = "/proc");

// Whether a line of /proc/PID/task/TID/syscall is a read, readv or splice; fills `fd`, its first
// argument.
bool is_waiting_read(std::string_view line, int& fd);

// The threads of process `pid` that wait in such a call on a descriptor of /dev/fuse.
std::vector<pid_t> threads_waiting_in_read(pid_t pid, const std::string& proc = "/proc");

} // namespace fusewire
