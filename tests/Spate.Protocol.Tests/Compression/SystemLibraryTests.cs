using Spate.Protocol.Compression.Native;

namespace Spate.Protocol.Tests.Compression;

public sealed class SystemLibraryTests
{
    [Fact]
    public void Load_ALibraryThatIsNotThere_SaysWhatToInstall()
    {
        var library = new SystemLibrary("quartz", ["libquartz.so.9"], "apt-get install libquartz9");
        Assert.False(library.TryLoad());
        var exception = Assert.Throws<MissingNativeLibraryException>(() => library.Load());
        Assert.Contains("quartz", exception.Message, StringComparison.Ordinal);
        Assert.Contains("libquartz9", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Remedies_OfTheThreeLibraries_NameTheirPackages()
    {
        Assert.Contains("liblz4-1", NativeLibraries.Lz4.Remedy, StringComparison.Ordinal);
        Assert.Contains("libsnappy1v5", NativeLibraries.Snappy.Remedy, StringComparison.Ordinal);
        Assert.Contains("libzstd1", NativeLibraries.Zstd.Remedy, StringComparison.Ordinal);
    }
}
