// Part of mdcloud.hpp: how the client calls the C library. Include mdcloud.hpp, not this.
#ifndef MDCLOUD_CALLER_HPP
#define MDCLOUD_CALLER_HPP

#include "inputs.hpp"
#include "views.hpp"

namespace mdcloud {

namespace detail {

/// A client of the C library, and each shape of call once. What a callback has thrown comes out of the call.
class Caller {
protected:
    explicit Caller(mdcloud_client *client) : client_(client) {}

    const mdcloud_client *get() const noexcept { return client_.get(); }

    template <class T, class Call>
    static Result<T> run(const Options &options, const Source *source, Call call) {
        return detail::run<T>(call, [&] {
            if (options.told_) options.told_->thrown.rethrow();
            if (source != nullptr && source->state_) source->state_->thrown.rethrow();
        });
    }
    template <class T, class Function>
    Result<T> with_source(Function function, const Source &source, const Options &options) const {
        return run<T>(options, &source, [&](auto out, auto err) {
            return function(get(), source.get(), options.get(), out, err);
        });
    }
    /// `function` also takes the sources, as pointers and their number.
    template <class T, class Range, class Function>
    Result<T> with_sources(const Range &sources, const Options &options, Function function) const {
        std::vector<const mdcloud_source *> pointers;
        for (const Source &source : sources) pointers.push_back(source.get());
        auto result = run<T>(options, nullptr, [&](auto out, auto err) {
            return function(pointers.data(), pointers.size(), out, err);
        });
        for (const Source &source : sources)
            if (source.state_) source.state_->thrown.rethrow();
        return result;
    }
    template <class T, class Function>
    Result<T> with_text(Function function, std::string_view argument, const Options &options) const {
        const detail::Text text(argument);
        return run<T>(options, nullptr, [&](auto out, auto err) {
            return function(get(), text.c_str(), options.get(), out, err);
        });
    }
    template <class T, class Function, class... Arguments>
    Result<T> give(const Options &options, Function function, Arguments... arguments) const {
        return run<T>(options, nullptr, [&](auto out, auto err) {
            return function(get(), arguments..., options.get(), out, err);
        });
    }
    template <class T, class Function, class Range>
    Result<T> many(Function function, const Range &range, const Options &options) const {
        std::vector<std::string> texts;
        for (const auto &one : range) {
            std::string_view text(one);
            // What holds a NUL is no input that will do; its entry says so.
            texts.emplace_back(text.find('\0') == text.npos ? text : std::string_view());
        }
        std::vector<const char *> pointers;
        pointers.reserve(texts.size());
        for (const std::string &text : texts) pointers.push_back(text.c_str());
        return give<T>(options, function, pointers.data(), pointers.size());
    }
    template <class Function>
    Result<std::string> link(Function function, std::string_view argument, const Options &options) const {
        const auto result = with_text<detail::Link>(function, argument, options);
        if (!result.ok()) return result.error();
        return result->link();
    }
    /// What a call gave that gives no mdcloud_result.
    template <class T, class... Value>
    static Result<T> ended(const Options &options, mdcloud_status status, mdcloud_error *error, Value... value) {
        const Error failed = detail::failure(error, status);
        if (options.told_) options.told_->thrown.rethrow();
        if (status != MDCLOUD_STATUS_OK) return failed;
        return Result<T>(value...);
    }
    template <class T, class Function> Result<T> plain(Function function, const Options &options) const {
        return run<T>(options, nullptr, [&](auto out, auto err) { return function(get(), options.get(), out, err); });
    }

private:
    OwnedClient client_;
};

} // namespace detail

} // namespace mdcloud

#endif // MDCLOUD_CALLER_HPP
