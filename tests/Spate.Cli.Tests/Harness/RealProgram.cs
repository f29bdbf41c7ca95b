using System.Diagnostics;

namespace Spate.Cli.Tests.Harness;

/// <summary>Runs the real program as a shell does.</summary>
internal static class RealProgram
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(90);

    /// <summary>Where the build of this test has put the program.</summary>
    public static string Directory { get; } = Find();

    /// <summary>Runs a line of shell in which <c>spate</c> is the program, with nothing on its input.</summary>
    public static Task<Outcome> ShellAsync(string line, string server, string? directory = null) => RunAsync("bash", ["-c", line], server, [], directory);

    /// <summary>Runs a line of shell in a pseudo-terminal of a hundred columns. What is told on standard error comes with the output, as on a screen.</summary>
    /// <param name="line">The line.</param>
    /// <param name="server">The broker.</param>
    /// <param name="input">What is typed; null to type nothing.</param>
    /// <param name="typeAfter">What must be on the screen before it is typed.</param>
    public static Task<Outcome> TerminalAsync(string line, string server, string? input = null, string? typeAfter = null) =>
        DialogueAsync(line, server, input is null ? [] : [(typeAfter, input)]);

    /// <summary>Runs a line of shell in such a terminal, and types one thing after the other.</summary>
    /// <param name="line">The line.</param>
    /// <param name="server">The broker.</param>
    /// <param name="steps">What is typed, each when something is on the screen; null to type it at once.</param>
    public static Task<Outcome> DialogueAsync(string line, string server, params (string? After, string Type)[] steps) =>
        RunAsync("script", ["--quiet", "--return", "--echo", "never", "--command", $"stty cols 100 rows 40; {line}", "/dev/null"], server, steps, directory: null);

    private static async Task<Outcome> RunAsync(string program, string[] arguments, string server, (string? After, string Type)[] steps, string? directory)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.WorkingDirectory = directory ?? "";
        start.Environment["PATH"] = $"{Directory}:{Environment.GetEnvironmentVariable("PATH")}";
        start.Environment["SPATE_SERVER"] = server;
        start.Environment["SPATE_COMPLETION_TIMEOUT"] = "60";
        start.Environment["TERM"] = "xterm";

        // script hands its line to this one. Some shells end by the signal that their program has taken care of.
        start.Environment["SHELL"] = "/bin/bash";
        start.Environment.Remove("NO_COLOR");
        using var process = Process.Start(start)!;
        var screen = new Screen();
        try
        {
            var reading = screen.ReadAsync(process.StandardOutput);
            var errors = process.StandardError.ReadToEndAsync();
            foreach (var (after, type) in steps)
            {
                if (after is not null)
                {
                    await screen.WaitForAsync(after).WaitAsync(Bound);
                }

                await process.StandardInput.WriteAsync(type);
                await process.StandardInput.FlushAsync();
            }

            if (steps.Length == 0)
            {
                process.StandardInput.Close();
            }

            await Task.WhenAll(reading, errors, process.WaitForExitAsync()).WaitAsync(Bound);
            return new Outcome($"{program} {string.Join(' ', arguments)}", process.ExitCode, screen.Text, await errors);
        }
        catch (TimeoutException late)
        {
            throw new TimeoutException($"{program} {string.Join(' ', arguments)} did not end in {Bound.TotalSeconds} s. It wrote:\n{screen.Text}", late);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    private static string Find()
    {
        var own = new DirectoryInfo(AppContext.BaseDirectory);
        var directory = Path.Combine(own.Parent!.Parent!.FullName, "Spate.Cli", own.Name);
        return File.Exists(Path.Combine(directory, "spate"))
            ? directory
            : throw new InvalidOperationException($"There is no program to test in {directory}. Build src/Spate.Cli first.");
    }
}
