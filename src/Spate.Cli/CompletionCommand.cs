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
          local word=${COMP_WORDS[COMP_CWORD]} found plain=()
          COMPREPLY=()
          while IFS= read -r found; do
            # Names may be anything, and are quoted, not evaluated.
            [[ $found == "$word"* ]] && COMPREPLY+=("$(printf '%q' "$found")")
          done < <(spate "[suggest:$COMP_POINT]" "$COMP_LINE" 2>/dev/null)
          # Options come when they are asked for by a dash, or when there is nothing else.
          if [[ $word != -* ]]; then
            for found in "${COMPREPLY[@]}"; do
              [[ $found != -* ]] && plain+=("$found")
            done
            ((${#plain[@]})) && COMPREPLY=("${plain[@]}")
          fi
          # The value of a setting, and what is in a directory, comes right behind.
          [[ ${#COMPREPLY[@]} == 1 && $COMPREPLY == *[=/] ]] && compopt -o nospace 2>/dev/null
        }
        complete -o default -F _spate spate

        """;

    private const string Zsh =
        """
        #compdef spate
        _spate() {
          local line="${(j: :)words[1,CURRENT]}"
          local -a found plain open
          found=("${(@f)$(spate "[suggest:${#line}]" "$line" 2>/dev/null)}")
          # Options come when they are asked for by a dash, or when there is nothing else.
          plain=("${(@)found:#-*}")
          [[ $words[CURRENT] != -* && -n $plain[1] ]] && found=("${plain[@]}")
          # The value of a setting, and what is in a directory, comes right behind.
          open=("${(@M)found:#*[=/]}")
          found=("${(@)found:#*[=/]}")
          ((${#open})) && compadd -S '' -a open
          ((${#found})) && compadd -a found
        }
        (( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
        if [[ $funcstack[1] == _spate ]]; then
          _spate "$@"
        else
          compdef _spate spate
        fi

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
