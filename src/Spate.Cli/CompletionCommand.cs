using System.CommandLine;
using Spate.Cli.Grammar;
using Spate.Cli.Running;

namespace Spate.Cli;

/// <summary><c>spate completion</c>: scripts by which shells ask the program itself how a line may go on.</summary>
internal static class CompletionCommand
{
    private const string Bash =
        """
        _spate() {
          local word=${COMP_WORDS[COMP_CWORD]}
          mapfile -t COMPREPLY < <(compgen -W "$(spate "[suggest:$COMP_POINT]" "$COMP_LINE" 2>/dev/null)" -- "$word")
        }
        complete -o default -F _spate spate

        """;

    private const string Zsh =
        """
        #compdef spate
        _spate() {
          local -a found
          found=("${(@f)$(spate "[suggest:$CURSOR]" "$BUFFER" 2>/dev/null)}")
          compadd -a found
        }
        compdef _spate spate

        """;

    public static Command Create(Surroundings surroundings) => new Verb("completion", "Print a script that completes lines in a shell.")
    {
        Shell("bash", Bash, surroundings, "eval \"$(spate completion bash)\""),
        Shell("zsh", Zsh, surroundings, "spate completion zsh"),
    };

    private static Verb Shell(string name, string script, Surroundings surroundings, string example)
    {
        var verb = new Verb(name, $"For {name}. Source it, or put it where {name} looks for completions.", example);
        verb.SetAction(_ =>
        {
            surroundings.Output.Write(System.Text.Encoding.UTF8.GetBytes(script.ReplaceLineEndings("\n")));
            return ExitCode.Success;
        });
        return verb;
    }
}
