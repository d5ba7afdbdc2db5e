// Stopping on purpose: SIGINT and SIGTERM ask once and are obeyed at the next message, so that files
// and JSON end well; a second one ends the process at once.
#pragma once

namespace fusewire {

// SIGPIPE and SIGXFSZ become ordinary write errors. Children do not inherit that.
void tame_write_signals();

// From now on the signals set stop_requested() instead of ending the process.
void stop_on_signals();
bool stop_requested();

// As stop_on_signals(), and a reader that waits for standard input sees its end.
void stop_reading_on_signals();

// Readable once a stop was requested; for those who wait in poll().
int stop_fd();

// Ends the process as the signal would have, for callers that look at the wait status; returns only
// if no signal asked for the stop.
void end_as_signalled();

} // namespace fusewire
