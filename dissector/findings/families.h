// The families of rules, one file each, and the catalogue that joins them. Adding a rule is one row
// in its family's table, adding a family one line here and one in catalogue.cpp.
#pragma once

#include "dissector/findings/events.h"
#include "dissector/findings/row.h"
#include "dissector/verdict.h"

#include <array>
#include <cstddef>
#include <span>
#include <string_view>
#include <tuple>
#include <vector>

namespace fusewire {

// A rule that was thought of and left out, because a capture cannot tell.
struct OmittedRule {
    const char* id;
    Area area;
    const char* reason;
};

// When a message fires rule `by`, its sightings of rule `what` say nothing new.
struct Suppression {
    const char* by;
    const char* what;
    bool same_sub = false;    // only about the same sub-operation
    bool same_object = false; // only about the same nodeid
};

// The tables of one family, one for each kind of event that it looks at; also what it left out, and
// which of its findings are only echoes of others.
class Family {
  public:
    template <class... Tables>
    constexpr explicit Family(const Tables&... tables) {
        (add(tables), ...);
    }
    template <class Event>
    constexpr Checks<Event> rows() const {
        return std::get<Checks<Event>>(tables_);
    }
    template <class Visit>
    void each_rule(Visit visit) const {
        std::apply(
            [&](const auto&... tables) {
                const auto walk = [&](const auto& table) {
                    for (const auto& check : table)
                        visit(check.info);
                };
                (walk(tables), ...);
            },
            tables_);
    }

    std::span<const OmittedRule> omitted() const { return omitted_; }
    std::span<const Suppression> suppressions() const { return suppressions_; }

  private:
    template <std::size_t Size>
    constexpr void add(const OmittedRule (&table)[Size]) {
        omitted_ = table;
    }
    template <std::size_t Size>
    constexpr void add(const Suppression (&table)[Size]) {
        suppressions_ = table;
    }
    template <class Event, std::size_t Size>
    constexpr void add(const Check<Event> (&table)[Size]) {
        std::get<Checks<Event>>(tables_) = table;
    }

    std::tuple<Checks<MessageEvent>, Checks<RequestEvent>, Checks<AskEvent>, Checks<ExchangeEvent>,
               Checks<ReplyEvent>, Checks<StrayReplyEvent>, Checks<InitRequestEvent>,
               Checks<InitEvent>, Checks<NotifyEvent>, Checks<WriteResultEvent>,
               Checks<NodeUseEvent>, Checks<EntryEvent>, Checks<AttributesEvent>,
               Checks<ForgetEvent>, Checks<OpenEvent>, Checks<FhUseEvent>, Checks<NameEvent>,
               Checks<ExtensionEvent>, Checks<CompoundEvent>, Checks<CompoundReplyEvent>,
               Checks<DirentEvent>, Checks<ListingEvent>, Checks<EndEvent>>
        tables_;
    std::span<const OmittedRule> omitted_;
    std::span<const Suppression> suppressions_;
};

extern const Family framing_family;       // headers, lengths and pairing
extern const Family extensions_family;    // extension records of requests
extern const Family names_family;         // names in requests
extern const Family init_family;          // INIT and what it settles
extern const Family entries_family;       // entries handed out
extern const Family attributes_family;    // attributes, STATX included
extern const Family handles_family;       // fhandles of LOOKUP_HANDLE
extern const Family compounds_family;     // COMPOUND and what is in it
extern const Family lifetime_family;      // references and nodeids, LOOKUP to FORGET
extern const Family files_family;         // open files and directories by fh
extern const Family data_family;          // reading, writing and what is like it
extern const Family directories_family;   // READDIR and READDIRPLUS
extern const Family xattrs_family;        // extended attributes
extern const Family locks_family;         // GETLK, SETLK, SETLKW
extern const Family interrupts_family;    // INTERRUPT
extern const Family notifications_family; // notifications
extern const Family io_uring_family;      // FUSE over io_uring, virtiofs
extern const Family verdicts_family;      // what the kernel was seen to do

std::span<const Family* const> all_families();

// Completes what a rule of form saw in `message` with what depends on its request (nullptr: not known).
void qualify(const Finding& finding, const Message& message, const Message* request,
             Sighting& sighting);

// Every rule once, those of decoding included, by area and then as in the tables.
const std::vector<const RuleInfo*>& all_rules();
// nullptr when there is none.
const RuleInfo* find_rule(std::string_view id);
const std::vector<OmittedRule>& omitted_rules();
const std::vector<Suppression>& suppressions();

} // namespace fusewire
