namespace Spate.Conformance.Processes;

/// <summary>The program under test, as the launcher builds it.</summary>
internal static class SpateProgram
{
    /// <summary>Where the launcher puts the program and the assemblies beside it.</summary>
    public static string Directory { get; } = Repository.PathOf("artifacts", "publish", "Spate.Cli", "release");

    /// <summary>The executable; fails with what to do when it has not been built.</summary>
    public static string Executable
    {
        get
        {
            var path = Path.Combine(Directory, "spate");
            return File.Exists(path)
                ? path
                : throw new InvalidOperationException($"There is no program to test at {path}. Build it first: {Repository.PathOf("spate")} --version");
        }
    }

    /// <summary>Runs the program to its end.</summary>
    public static Task<Completed> RunAsync(params string[] arguments) => Execution.RunAsync(Executable, arguments, default, Bounds.Broker);
}
