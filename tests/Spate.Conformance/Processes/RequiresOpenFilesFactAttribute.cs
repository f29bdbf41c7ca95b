using System.Globalization;

namespace Spate.Conformance.Processes;

/// <summary>A test that needs many open files; it says that it skipped where the system allows fewer.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RequiresOpenFilesFactAttribute : FactAttribute
{
    public RequiresOpenFilesFactAttribute(int count)
    {
        Count = count;
        if (Allowed < count)
        {
            Skip = $"The system allows {Allowed} open files, and {count} are needed: ulimit -n {count}";
        }
    }

    public int Count { get; }

    /// <summary>Open files that this process, and each that it starts, may have. The .NET runtime raises the soft limit to the hard one.</summary>
    public static int Allowed { get; } = Read();

    private static int Read()
    {
        var hard = File.ReadLines("/proc/self/limits")
            .First(line => line.StartsWith("Max open files", StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[4];
        return hard == "unlimited" ? int.MaxValue : int.Parse(hard, CultureInfo.InvariantCulture);
    }
}
