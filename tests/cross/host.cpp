// A C++ program that embeds Python, which brings a copy of the library of its own. Both make requests with
// one key; prints what each side counts.
//
//     host LIBPYTHON cpp-first|python-first
//
// Python is loaded at run time, so that this compiles without its headers.
#include <mdcloud.hpp>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <string>

namespace {

constexpr const char *hash = "44d88612fea8a8f36de82e1278abb02f";

[[noreturn]] void fail(const char *what) {
    std::fprintf(stderr, "host: %s\n", what);
    std::exit(1);
}

template <class Function> Function symbol(void *library, const char *name) {
    void *found = dlsym(library, name);
    if (found == nullptr) fail(name);
    return reinterpret_cast<Function>(found);
}

// Requests that the ledger has counted for the one allowance in use.
std::string count_in_cpp(const mdcloud::Client &client) {
    const auto quota = client.quota();
    if (!quota.ok()) fail("no quota");
    const auto used = quota.value().integer("/families/0/used");
    return used ? std::to_string(*used) : "null";
}

} // namespace

int main(int count, char **arguments) {
    if (count != 3) fail("usage: host LIBPYTHON cpp-first|python-first");
    void *python = dlopen(arguments[1], RTLD_NOW | RTLD_GLOBAL);
    if (python == nullptr) fail(dlerror());
    const auto initialize = symbol<void (*)(int)>(python, "Py_InitializeEx");
    const auto run = symbol<int (*)(const char *)>(python, "PyRun_SimpleString");

    auto made = mdcloud::Client::create();
    if (!made.ok()) fail("no client");
    const mdcloud::Client client = std::move(made).value();
    // The hash is not known to the emulator; the request counts all the same.
    const auto in_cpp = [&] { (void)client.hash_lookup(hash); };
    const auto in_python = [&] {
        if (run("for _ in range(2):\n"
                "    try: client.hash_lookup('44d88612fea8a8f36de82e1278abb02f')\n"
                "    except mdcloud.NotFoundError: pass\n") != 0)
            fail("Python failed");
    };
    initialize(0);
    if (std::strcmp(arguments[2], "cpp-first") == 0) in_cpp();
    if (run("import json, mdcloud\nclient = mdcloud.Client()\n") != 0) fail("Python failed");
    in_python();
    in_cpp();
    const std::string cpp = count_in_cpp(client);
    const std::string report = "info = mdcloud.tracker_info()\n"
                               "used = client.quota().families[0].used\n"
                               "print(json.dumps({'python': used, 'cpp': " + cpp +
                               ", 'copies': info.copies, 'leader': info.object}), flush=True)\n";
    if (run(report.c_str()) != 0) fail("Python failed");
    return 0;
}
