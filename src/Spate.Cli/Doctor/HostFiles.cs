namespace Spate.Cli.Doctor;

/// <summary>Files by which the kernel tells of the machine. Tests put their own in.</summary>
/// <param name="Read">What is in a file, without blanks around it; null when there is none, or it may not be read.</param>
internal sealed record HostFiles(Func<string, string?> Read)
{
    public static HostFiles OfMachine { get; } = new(static path =>
    {
        try
        {
            return File.ReadAllText(path).Trim();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    });
}
