using Spate.Testing;

namespace Spate.Cli.Tests.Harness;

/// <summary>A shared broker whose logs lie in files, in the folder <c>data</c> of a directory of its own.</summary>
public sealed class BrokerOnDisk : RunningBroker
{
    /// <summary>The directory in which the folder lies.</summary>
    internal string Home { get; } = Directory.CreateTempSubdirectory("spate-cli-").FullName;

    internal string Data => Path.Combine(Home, "data");

    private protected override EmbeddedStorage Storage => EmbeddedStorage.Folder(Data);

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        Directory.Delete(Home, recursive: true);
    }
}
