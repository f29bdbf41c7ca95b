using System.Globalization;
using System.Text.RegularExpressions;
using Spate.Conformance.Processes;

namespace Spate.Conformance.Clients;

/// <summary>A member of a group that reads until it is stopped. Disposing of it kills it.</summary>
internal sealed partial class KcatMember(RunningProgram program) : IAsyncDisposable
{
    public const string Format = "%p %o %s\\n";

    /// <summary>What it has read so far, in its order.</summary>
    public IReadOnlyList<(int Partition, long Offset, string Value)> Records =>
        [.. program.Output.Lines.Where(line => !line.IsError).Select(line => Parse(line.Text))];

    /// <summary>Waits until it has so many partitions.</summary>
    public Task WaitForAssignmentAsync(int partitions) => program.Output.WaitAsync(
        lines => Assigned(lines) == partitions, $"it was assigned {partitions} partitions", Bounds.Client);

    /// <summary>Waits until it has read so many different records since it started.</summary>
    public Task WaitForRecordsAsync(int count) => program.Output.WaitAsync(
        lines => lines.Where(line => !line.IsError).Distinct().Count() >= count, $"it had read {count} records", Bounds.Client);

    /// <summary>Ends it without a word to the group: SIGKILL.</summary>
    public async Task KillAsync()
    {
        program.Kill();
        await program.WaitForExitAsync(Bounds.Client);
    }

    /// <summary>Makes it commit and leave the group.</summary>
    public async Task LeaveAsync()
    {
        program.Signal(Signals.Terminate);
        await program.WaitForExitAsync(Bounds.Client);
    }

    public ValueTask DisposeAsync() => program.DisposeAsync();

    /// <summary>How many partitions the last rebalance gave; none when it took them away.</summary>
    private static int Assigned(IReadOnlyList<OutputLine> lines)
    {
        var last = lines.LastOrDefault(line => line.IsError && line.Text.Contains("rebalanced", StringComparison.Ordinal)).Text ?? "";
        return last.Contains("assigned:", StringComparison.Ordinal) ? Partition().Count(last) : 0;
    }

    private static (int Partition, long Offset, string Value) Parse(string line)
    {
        var fields = line.Split(' ', 3);
        return (int.Parse(fields[0], CultureInfo.InvariantCulture), long.Parse(fields[1], CultureInfo.InvariantCulture), fields[2]);
    }

    [GeneratedRegex(@"\[\d+\]")]
    private static partial Regex Partition();
}
