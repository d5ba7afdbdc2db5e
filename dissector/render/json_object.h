// JSON as it is written: members of one object and elements of one array, with the commas put where
// they belong.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace fusewire {

class JsonObject {
  public:
    explicit JsonObject(std::string& out) : out_(out) { out_ += '{'; }
    void close() { out_ += '}'; }

    // Begins a member; its value is to be appended to what is returned.
    std::string& key(std::string_view name, std::string_view suffix = {});

    // Larger integers than doubles hold exactly are also given as hex, in NAME_hex.
    void number(std::string_view name, std::uint64_t value);
    void signed_number(std::string_view name, std::int64_t value);
    void text(std::string_view name, std::string_view value);
    void null(std::string_view name) { key(name) += "null"; }
    void boolean(std::string_view name, bool value) { key(name) += value ? "true" : "false"; }
    // A number that is not known when it is 0.
    void number_or_null(std::string_view name, std::uint64_t value) {
        value == 0 ? null(name) : number(name, value);
    }

  private:
    std::string& out_;
    bool first_ = true;
};

class JsonArray {
  public:
    explicit JsonArray(std::string& out) : out_(out) { out_ += '['; }
    void close() { out_ += ']'; }

    // Begins an element; its value is to be appended to what is returned.
    std::string& element();

  private:
    std::string& out_;
    bool first_ = true;
};

} // namespace fusewire
