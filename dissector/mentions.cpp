#include "dissector/mentions.h"

namespace fusewire {

namespace {

void add_request(const Message& request, Mentions& out) {
    std::vector<Forgotten> forgotten;
    std::vector<ExtensionRecord> extensions;
    each_operation(request, [&](const Operation& operation) {
        for (const UsedNode& used : used_nodes(operation))
            out.nodeids.push_back(used.nodeid);
        forgets(operation, forgotten);
        for (const Forgotten& item : forgotten)
            out.nodeids.push_back(item.nodeid);
        extension_records(operation, extensions);
        for (const ExtensionRecord& record : extensions)
            if (record.type == fhandle_extension)
                out.fhandles.push_back(record.fhandle);
    });
}

void add_reply(const Message& request, const Message& reply, Mentions& out) {
    each_operation(request, [&](const Operation& operation) {
        for (const UsedNode& used : used_nodes(operation))
            out.nodeids.push_back(used.nodeid);
    });
    std::vector<Entry> entries;
    entries_of(request, reply, entries);
    for (const Entry& entry : entries) {
        if (entry.nodeid != 0)
            out.nodeids.push_back(entry.nodeid);
        if (entry.fhandle.sound())
            out.fhandles.push_back(entry.fhandle.bytes);
    }
}

} // namespace

void mentions_of(const Message& message, const Message* request, Mentions& out) {
    out.nodeids.clear();
    out.fhandles.clear();
    if (message.kind == MessageKind::request)
        add_request(message, out);
    else if (message.kind == MessageKind::reply && request != nullptr)
        add_reply(*request, message, out);
    else if (message.kind == MessageKind::notification)
        for (const Node& node : message.nodes)
            if (node.field->kind == Kind::nodeid && !node.cut)
                out.nodeids.push_back(node.value);
}

} // namespace fusewire
