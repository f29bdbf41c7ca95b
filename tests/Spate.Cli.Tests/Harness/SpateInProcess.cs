using System.Globalization;
using System.Text;
using Spate.Cli.Grammar;
using Spate.Cli.Running;

namespace Spate.Cli.Tests.Harness;

/// <summary>Runs the program inside the test's process, with its input and output in memory.</summary>
internal static class SpateInProcess
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    /// <summary>A machine that is busy may take longer than a person at a shell would wait.</summary>
    private static readonly Dictionary<string, string> Defaults = new(StringComparer.Ordinal) { ["SPATE_COMPLETION_TIMEOUT"] = "60" };

    public static Task<Outcome> RunAsync(params string[] arguments) => RunAsync(new Dictionary<string, string>(), "", arguments);

    /// <param name="variables">The environment.</param>
    /// <param name="input">Standard input.</param>
    /// <param name="arguments">The command line.</param>
    public static async Task<Outcome> RunAsync(IReadOnlyDictionary<string, string> variables, string input, params string[] arguments)
    {
        using var output = new MemoryStream();
        await using var errors = new StringWriter(CultureInfo.InvariantCulture);
        var surroundings = new Surroundings
        {
            Input = new MemoryStream(Encoding.UTF8.GetBytes(input)),
            Output = output,
            Error = TextWriter.Synchronized(errors),
            Variable = name => variables.TryGetValue(name, out var value) ? value : Defaults.GetValueOrDefault(name),
        };
        var status = await CommandLine.RunAsync(arguments, surroundings).WaitAsync(Bound);
        return new Outcome($"spate {string.Join(' ', arguments)}", status, Encoding.UTF8.GetString(output.ToArray()), errors.ToString());
    }
}
