// References and nodeids: what was handed out, given back, and used in between.
#include "dissector/findings/families.h"

#include <fmt/format.h>

namespace fusewire {

namespace {

// The kernel asks for "." of a nodeid that it knows only from an old NFS file handle.
bool is_export_lookup(const NodeUseEvent& event) {
    const bool lookup = event.operation.is(Op::lookup) || event.operation.is(Op::lookup_handle);
    constexpr unsigned export_support = 4;
    return lookup && event.operation.text("name") == "." && event.state.limits.has(export_support);
}

constexpr Check<NodeUseEvent> node_use_rows[] = {
    {{.id = "use-unknown-node",
      .area = Area::lifetime,
      .severity = Severity::error,
      .text = "request on a nodeid that the server never returned",
      .consequence = "a correct kernel only uses nodeids that the server handed out",
      .advice = "look for a reply that the kernel read differently than it was meant",
      .history = History::complete},
     [](const NodeUseEvent& event, Report& report) {
         if (event.node == nullptr && event.forgotten == nullptr && !is_export_lookup(event))
             report({.offset = event.offset,
                     .sub = event.operation.sub(),
                     .nodeid = event.nodeid,
                     .observed = fmt::format("nodeid {}", event.nodeid),
                     .expected = "a nodeid out of an earlier reply"});
     }},
    {{.id = "use-after-forget",
      .area = Area::lifetime,
      .severity = Severity::error,
      .text = "request on a nodeid after its last reference was given back",
      .consequence = "the server may have reused or freed what the nodeid stood for",
      .advice = "free a node only when its lookup count is zero, and count every entry handed out",
      .history = History::complete},
     [](const NodeUseEvent& event, Report& report) {
         if (event.node == nullptr && event.forgotten != nullptr && !is_export_lookup(event))
             report({.offset = event.offset,
                     .sub = event.operation.sub(),
                     .nodeid = event.nodeid,
                     .observed = fmt::format("nodeid {} forgotten in frame {}", event.nodeid,
                                             event.forgotten->frame),
                     .expected = "a live nodeid",
                     .related = {event.forgotten->frame}});
     }},
};

constexpr Check<ForgetEvent> forget_rows[] = {
    {{.id = "forget-zero",
      .area = Area::lifetime,
      .severity = Severity::error,
      .text = "FORGET of no references",
      .consequence = "the kernel never sends it; the capture is damaged or made by hand",
      .advice = ""},
     [](const ForgetEvent& event, Report& report) {
         if (event.nlookup == 0)
             report({.offset = event.offset,
                     .nodeid = event.nodeid,
                     .observed = "nlookup 0",
                     .expected = "at least 1"});
     }},
    {{.id = "forget-underflow",
      .area = Area::lifetime,
      .severity = Severity::error,
      .text = "more references given back than were handed out",
      .consequence = "a server that counts would go below zero and free a node still in use",
      .advice = "count one reference for every entry in a successful reply",
      .history = History::complete},
     [](const ForgetEvent& event, Report& report) {
         if (event.node != nullptr && !event.node->assumed && event.nodeid != root_nodeid &&
             event.nlookup > event.node->sent)
             report({.offset = event.offset,
                     .nodeid = event.nodeid,
                     .observed = fmt::format("nlookup {}", event.nlookup),
                     .expected = fmt::format("at most {}", event.node->sent),
                     .related = {event.node->entry_frame}});
     }},
};

} // namespace

constexpr Family lifetime_family{node_use_rows, forget_rows};

} // namespace fusewire
