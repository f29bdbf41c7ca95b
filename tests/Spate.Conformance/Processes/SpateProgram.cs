namespace Spate.Conformance.Processes;

/// <summary>The program under test, as the launcher builds it.</summary>
internal static class SpateProgram
{
    /// <summary>The directory of the whole project.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Where the launcher puts the program and the assemblies beside it.</summary>
    public static string Directory { get; } = Path.Combine(Root, "artifacts", "publish", "Spate.Cli", "release");

    /// <summary>The executable; fails with what to do when it has not been built.</summary>
    public static string Executable
    {
        get
        {
            var path = Path.Combine(Directory, "spate");
            return File.Exists(path)
                ? path
                : throw new InvalidOperationException($"There is no program to test at {path}. Build it first: {Path.Combine(Root, "spate")} --version");
        }
    }

    /// <summary>Runs the program to its end.</summary>
    public static Task<Completed> RunAsync(params string[] arguments) => Execution.RunAsync(Executable, arguments, default, Bounds.Broker);

    private static string FindRoot()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "Spate.slnx")))
            {
                return directory.FullName;
            }
        }

        throw new InvalidOperationException($"No Spate.slnx above {AppContext.BaseDirectory}.");
    }
}
