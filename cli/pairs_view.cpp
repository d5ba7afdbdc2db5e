#include "cli/pairs_view.h"

#include "dissector/exchange_rules.h"

namespace fusewire {

void PairsView::see(std::string& out, const Decoded& decoded, bool selected) {
    origin_.see(style_, decoded.record);
    const bool is_request = decoded.message.kind == MessageKind::request;
    if (is_request && awaits_reply(decoded.message) && !decoded.exchange.again)
        keep(out, decoded, selected);
    else if (decoded.message.kind == MessageKind::reply)
        settle(out, decoded, selected);
    else if (selected)
        line(out, decoded);
}

void PairsView::keep(std::string& out, const Decoded& request, bool selected) {
    if (pending_.size() >= pending_limit)
        give_up_oldest(out);
    Pending::node_type node = std::move(spare_);
    if (node.empty()) {
        Pending fresh;
        fresh.try_emplace(0);
        node = fresh.extract(fresh.begin());
    }
    node.key() = request.record.frame;
    node.mapped().selected = selected;
    node.mapped().text.clear();
    append_line(node.mapped().text, request, style_);
    pending_.insert(pending_.end(), std::move(node));
}

void PairsView::settle(std::string& out, const Decoded& reply, bool selected) {
    const auto request = pending_.find(reply.exchange.request_frame);
    if (request == pending_.end()) {
        if (selected)
            line(out, reply);
        return;
    }
    if (selected || request->second.selected) {
        out += request->second.text;
        out += " =>";
        append_result(out, reply, style_);
        append_marks(out, reply, style_);
        out += '\n';
    }
    spare_ = pending_.extract(request);
}

void PairsView::give_up_oldest(std::string& out) {
    if (pending_.begin()->second.selected) {
        out += pending_.begin()->second.text;
        out += " => no reply\n";
    }
    spare_ = pending_.extract(pending_.begin());
}

void PairsView::line(std::string& out, const Decoded& decoded) {
    append_line(out, decoded, style_);
    out += '\n';
}

void PairsView::end(std::string& out) {
    while (!pending_.empty())
        give_up_oldest(out);
}

} // namespace fusewire
