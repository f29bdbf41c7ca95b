using System.Text.Json;

namespace Spate.Cli.Tests.Harness;

/// <summary>What came of a run of the program.</summary>
internal sealed record Outcome(string CommandLine, int ExitCode, string Output, string Errors)
{
    /// <summary>The lines of the result.</summary>
    public IReadOnlyList<string> Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public JsonElement Json => JsonDocument.Parse(Output).RootElement;

    /// <summary>Itself when it succeeded, without a word beside the result; a failure with everything that was said otherwise.</summary>
    public Outcome Succeeded()
    {
        Assert.True(ExitCode == 0, $"Status 0 was expected of this:\n{this}");
        return this;
    }

    /// <summary>Ended with a status and one sentence that has all of these in it.</summary>
    public void Failed(int status, params string[] parts)
    {
        Assert.True(ExitCode == status, $"Status {status} was expected of this:\n{this}");
        var sentence = Assert.Single(Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries), static line => !line.Contains("waiting for an answer", StringComparison.Ordinal));
        Assert.StartsWith("spate: ", sentence, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", sentence, StringComparison.Ordinal);
        Assert.All(parts, part => Assert.Contains(part, sentence, StringComparison.Ordinal));
    }

    public override string ToString() => $"{CommandLine}\nstatus {ExitCode}\n{Output}\nstandard error:\n{Errors}";
}
