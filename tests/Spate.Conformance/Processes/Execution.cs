using System.Diagnostics;

namespace Spate.Conformance.Processes;

/// <summary>Runs a program to its end.</summary>
internal static class Execution
{
    /// <summary>Runs it with the given standard input; kills it, and fails with what it wrote, when it does not end in time.</summary>
    public static async Task<Completed> RunAsync(string path, IReadOnlyList<string> arguments, ReadOnlyMemory<byte> input, TimeSpan bound)
    {
        var commandLine = $"{path} {string.Join(' ', arguments)}";
        var process = LiveProcesses.Start(path, arguments);
        try
        {
            using var output = new MemoryStream();
            var reading = process.StandardOutput.BaseStream.CopyToAsync(output);
            var errors = process.StandardError.ReadToEndAsync();
            var writing = WriteAsync(process, input);
            var inTime = true;
            try
            {
                await Task.WhenAll(reading, errors, writing, process.WaitForExitAsync()).WaitAsync(bound);
            }
            catch (TimeoutException)
            {
                inTime = false;
                process.Kill();
                await Task.WhenAll(reading, errors, writing, process.WaitForExitAsync());
            }

            var completed = new Completed(commandLine, process.ExitCode, output.ToArray(), await errors);
            return inTime ? completed : throw new TimeoutException($"This did not end in {bound.TotalSeconds} s and was killed:\n{completed}");
        }
        finally
        {
            LiveProcesses.End(process);
        }
    }

    private static async Task WriteAsync(Process process, ReadOnlyMemory<byte> input)
    {
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading all of its input; its exit status and its output say why.
        }
    }
}
