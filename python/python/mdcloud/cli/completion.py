"""``mdcloud completion``: commands and options for the shell, made from the parser itself."""

from __future__ import annotations

import argparse
import shlex

from . import _exits

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._parser import Commands

_ABOUT = """\
Print what makes the shell complete the command:
  bash:  eval "$(mdcloud completion bash)"        in ~/.bashrc
  zsh:   eval "$(mdcloud completion zsh)"         in ~/.zshrc, after compinit
  fish:  mdcloud completion fish | source         in ~/.config/fish/config.fish"""


def register(commands: Commands) -> None:
    parser = commands.add(
        "completion", "complete commands in the shell", _ABOUT, run, service=False, json=False
    )
    parser.add_argument("shell", choices=("bash", "zsh", "fish"))


def run(options: argparse.Namespace) -> int:
    from ._parser import build

    commands = _commands(build())
    print({"bash": _bash, "zsh": _zsh, "fish": _fish}[options.shell](commands))
    return _exits.CLEAN


class _Command:
    """A command: what it is for, its options with their help, and the words that it takes."""

    def __init__(self, about: str, parser: argparse.ArgumentParser) -> None:
        self.about = about
        self.options: list[tuple[str, str]] = []
        self.words: list[str] = []
        for action in parser._actions:
            told = (action.help or "").replace("%%", "%")
            if action.option_strings:
                self.options.append((action.option_strings[-1], told))
            elif action.choices:
                self.words += map(str, action.choices)


def _commands(parser: argparse.ArgumentParser) -> dict[str, _Command]:
    found: dict[str, _Command] = {}
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            abouts = {choice.dest: choice.help or "" for choice in action._choices_actions}
            for name, command in action.choices.items():
                found[name] = _Command(abouts.get(name, ""), command)
    return found


def _bash(commands: dict[str, _Command]) -> str:
    cases = []
    for name, command in commands.items():
        words = " ".join([option for option, _ in command.options] + command.words)
        cases.append(f"        {name}) words={shlex.quote(words)} ;;")
    return "\n".join(
        [
            "_mdcloud() {",
            "    local words='' current=${COMP_WORDS[COMP_CWORD]}",
            '    if [ "$COMP_CWORD" -eq 1 ]; then',
            f'        COMPREPLY=($(compgen -W {shlex.quote(" ".join(commands) + " --help --version")} -- "$current"))',
            "        return",
            "    fi",
            "    case ${COMP_WORDS[1]} in",
            *cases,
            "    esac",
            # Files where no word fits: the shell's own completion, which knows how to quote them.
            '    COMPREPLY=($(compgen -W "$words" -- "$current"))',
            "}",
            "complete -o bashdefault -o default -F _mdcloud mdcloud",
        ]
    )


def _zsh(commands: dict[str, _Command]) -> str:
    def described(word: str, about: str) -> str:
        return shlex.quote(f"{word}:{about}")

    lines = [
        "_mdcloud() {",
        "    local -a offered",
        "    if (( CURRENT == 2 )); then",
        f"        offered=({' '.join(described(name, command.about) for name, command in commands.items())})",
        "        _describe command offered",
        "        return",
        "    fi",
        "    case $words[2] in",
    ]
    for name, command in commands.items():
        offered = [described(option, about) for option, about in command.options]
        offered += [described(word, "") for word in command.words]
        lines.append(f"        {name}) offered=({' '.join(offered)}) ;;")
    lines += [
        "    esac",
        "    _describe option offered",
        "    _files",
        "}",
        "compdef _mdcloud mdcloud",
    ]
    return "\n".join(lines)


def _fish(commands: dict[str, _Command]) -> str:
    lines = []
    for name, command in commands.items():
        lines.append(
            f"complete -c mdcloud -n __fish_use_subcommand -f -a {name} -d {shlex.quote(command.about)}"
        )
        seen = f"-n '__fish_seen_subcommand_from {name}'"
        for option, about in command.options:
            lines.append(f"complete -c mdcloud {seen} -l {option[2:]} -d {shlex.quote(about)}")
        if command.words:
            lines.append(f"complete -c mdcloud {seen} -f -a {shlex.quote(' '.join(command.words))}")
    return "\n".join(lines)
