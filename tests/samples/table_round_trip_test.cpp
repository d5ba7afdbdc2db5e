// The builder is the inverse of the dissector: every field of every message, given a value by the name it
// has in the tables, is decoded with that value.
#include "dissector/opcodes.h"
#include "tests/samples/sample_files.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "samples/builder/values.h"

namespace fusewire::samples {
namespace {

// A message's text and what its fields were given: the n-th field of a row has the n-th value.
struct Written {
    std::string text;
    std::map<const Field*, std::vector<std::uint64_t>> values;
};

class Writer {
  public:
    Writer(const Body& body, const Opcode& opcode, DialectName dialect) {
        for (const Part& part : body.parts)
            if (part.count != nullptr)
                left_out_.insert(part.count);
        for (const ReplyChoice& choice : opcode.reply_choices)
            left_out_.insert(choice.field);
        for (const Part& part : body.parts)
            if ((part.dialects & in_dialect(dialect)) != 0)
                add(part);
    }
    Written take() { return std::move(out_); }

  private:
    void add(const Part& part) {
        switch (part.kind) {
        case PartKind::fields:
            fields(*part.layout, "", " ");
            break;
        case PartKind::name:
            out_.text += fmt::format(" {}=text", part.field->name);
            break;
        case PartKind::data:
            out_.text += fmt::format(" {}=hex:0102", part.field->name);
            break;
        case PartKind::array:
            array(part);
            break;
        case PartKind::dirents:
        case PartKind::direntplus:
            out_.text += part.kind == PartKind::dirents ? " dirents{" : " entries{";
            fields(*part.layout, "", " ");
            out_.text += " name=text}";
            break;
        case PartKind::strings:
            out_.text += fmt::format(" {}=[a b]", part.field->name);
            break;
        case PartKind::file_handle:
            out_.text += " fhandle=a1a2a3";
            break;
        case PartKind::sub_requests:
        case PartKind::sub_replies:
            break;
        }
    }

    void array(const Part& part) {
        if (part.layout == nullptr) {
            out_.text += fmt::format(" {}=[{}]", part.field->name, value(*part.field));
            return;
        }
        out_.text += fmt::format(" {}{{", part.field->name);
        fields(*part.layout, "", " ");
        out_.text += "}";
    }

    void fields(const Struct& layout, const std::string& group, const std::string& separator) {
        for (const Field& field : layout.fields) {
            const std::string name = group + field.name;
            const bool is_version = name == "minor" || name == "major" || name == "namelen" ||
                                    name == "dirent.namelen"; // these decide about layouts
            if (field.members != nullptr)
                fields(*field.members, name + ".", separator);
            else if (holds_integer(field) && !left_out_.contains(&field) && !is_version)
                out_.text += fmt::format("{}{}={}", separator, name, value(field));
        }
    }

    // Different in each field, and small enough for one byte and for a signed one.
    std::uint64_t value(const Field& field) {
        next_ = next_ % 120 + 1;
        out_.values[&field].push_back(next_);
        return next_;
    }

    Written out_;
    std::set<const Field*> left_out_;
    std::uint64_t next_ = 0;
};

// Calls use(opcode, dialect) for each opcode of each dialect.
template <class Use>
void each_opcode(Use use) {
    for (int i = 0; i < dialect_count; ++i)
        for (const Opcode* opcode : all_opcodes())
            if ((opcode->dialects >> i & 1) != 0)
                use(*opcode, static_cast<DialectName>(i));
}

// Decodes the last message of the text and compares; returns how many values were looked at.
std::size_t compare(const std::string& text, const Written& written, DialectName dialect) {
    const Sample sample = built(fmt::format("dialect {}\n{}", spelling(dialect), text));
    std::size_t compared = 0;
    SampleSource source(sample);
    look_at(source, dialect, [&](const Decoded& decoded) {
        if (decoded.record.frame != sample.records.size())
            return;
        std::map<const Field*, std::vector<std::uint64_t>> seen;
        for (const Node& node : decoded.message.nodes)
            seen[node.field].push_back(node.value);
        for (const auto& [field, values] : written.values) {
            EXPECT_EQ(seen[field], values) << text << "\n" << field->name;
            compared += values.size();
        }
        EXPECT_TRUE(decoded.message.findings.empty()) << text << "\n" << summary(decoded);
    });
    EXPECT_EQ(compared == 0, written.values.empty());
    return compared;
}

std::string subs_of(const Body& body, bool is_request) {
    for (const Part& part : body.parts)
        if (part.kind == PartKind::sub_requests || part.kind == PartKind::sub_replies)
            return is_request ? " { GETATTR nodeid=7 }" : " { GETATTR }";
    return "";
}

TEST(TableRoundTrip, EveryRequestFieldDecodesAsWritten) {
    std::size_t compared = 0;
    each_opcode([&](const Opcode& opcode, DialectName dialect) {
        const Written written = Writer(opcode.request, opcode, dialect).take();
        compared += compare(
            fmt::format("> {}{}{}\n", opcode.name, written.text, subs_of(opcode.request, true)),
            written, dialect);
    });
    EXPECT_GT(compared, 1500u);
}

TEST(TableRoundTrip, EveryReplyFieldDecodesAsWritten) {
    std::size_t compared = 0;
    each_opcode([&](const Opcode& opcode, DialectName dialect) {
        if (opcode.no_reply)
            return;
        const Written request = Writer(opcode.request, opcode, dialect).take();
        const std::string asking =
            fmt::format("> {}{}{}{}\n", opcode.name, request.text,
                        opcode.asked != nullptr ? fmt::format(" {}=99", opcode.asked->name) : "",
                        subs_of(opcode.request, true));
        const auto answer = [&](const Body& body, const std::string& chosen,
                                const std::string& before) {
            const Written written = Writer(body, opcode, dialect).take();
            compared += compare(fmt::format("{}< {}{}{}{}\n", before, opcode.name, chosen,
                                            written.text, subs_of(body, false)),
                                written, dialect);
        };
        answer(opcode.reply, "", asking);
        for (const ReplyChoice& choice : opcode.reply_choices) {
            const bool by_request = choice.field == opcode.asked;
            const std::string how = fmt::format(" {}={}", choice.field->name, choice.value);
            const std::string before =
                by_request ? fmt::format("> {}{}{}\n", opcode.name, request.text, how) : asking;
            answer(choice.body, by_request ? "" : how, before);
        }
    });
    EXPECT_GT(compared, 2500u);
}

TEST(TableRoundTrip, EveryNotificationFieldDecodesAsWritten) {
    std::size_t compared = 0;
    for (const Opcode* notification : all_notifications()) {
        const Written written =
            Writer(notification->reply, *notification, DialectName::upstream).take();
        compared += compare(fmt::format("! {}{}\n", notification->name, written.text), written,
                            DialectName::upstream);
    }
    EXPECT_GE(compared, 20u);
}

// Words that mean something else in a text, so no field can be reached by them.
TEST(TableRoundTrip, NoFieldHasAReservedName) {
    const std::set<std::string_view> reserved = {"as",  "to",   "bytes", "append",
                                                 "cut", "poke", "repeat"};
    for (const Struct* layout : all_structs())
        for (const Field& field : layout->fields)
            EXPECT_FALSE(reserved.contains(field.name)) << layout->uapi << " " << field.name;
}

} // namespace
} // namespace fusewire::samples
