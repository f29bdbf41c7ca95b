namespace Spate.Client.Tests.Broker;

/// <summary>A theory that needs kcat, and is skipped where it is not installed.</summary>
internal sealed class KcatTheoryAttribute : TheoryAttribute
{
    public KcatTheoryAttribute()
    {
        if (Path is null)
        {
            Skip = "kcat is not installed.";
        }
    }

    public static string? Path { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .Select(folder => System.IO.Path.Combine(folder, "kcat")).FirstOrDefault(File.Exists);
}
