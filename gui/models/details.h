// Details: what is to be said of one thing, a finding or a verdict, as paragraphs with links: to frames
// and their bytes, and to the page of a rule. Views only lay it out.
#pragma once

#include "dissector/checker.h"
#include "gui/models/judged_message.h"

#include <QString>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace fusewire::gui {

struct DetailLink {
    QString text;
    std::uint64_t frame = 0; // 0: not to a frame
    std::optional<std::uint32_t> offset;
    std::string_view rule; // id of the rule whose page it leads to; empty: none
    bool operator==(const DetailLink&) const = default;
};

struct Detail {
    QString label; // "What the kernel does"; empty: the text goes without one
    QString text;
    std::vector<DetailLink> links;
    std::optional<Severity> severity; // of what is said
    bool operator==(const Detail&) const = default;
};

using Details = std::vector<Detail>;

// Everything about one finding.
Details detailsOf(const Judgement& finding);
// What the kernel does with a message, and what is wrong with it.
Details detailsOf(const JudgedMessage& message, const std::vector<Judgement>& findings);
// What `fusewire rules` says of a rule; empty: there is none of this name.
Details rulePage(std::string_view id);

} // namespace fusewire::gui
