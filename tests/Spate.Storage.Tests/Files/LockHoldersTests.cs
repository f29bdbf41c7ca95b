using Spate.Storage.Files;

namespace Spate.Storage.Tests.Files;

/// <summary>What the kernel tells of locks, in a directory of the test's own.</summary>
public sealed class LockHoldersTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("spate-locks-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void The_one_of_those_with_locks_that_has_the_file_open_holds_it()
    {
        Write("locks", "1: POSIX  ADVISORY  WRITE 7 fe:01:11 0 EOF\n1: -> FLOCK  ADVISORY  WRITE 9 fe:01:12 0 EOF\n2: FLOCK  ADVISORY  WRITE 8 fe:01:12 0 EOF\n3: OFDLCK ADVISORY READ -1 00:06:1 0 0\n");
        Process(7, "java", "/elsewhere/.lock");
        Process(8, "spate", "/data/other", "/data/.lock");
        Process(9, "waiting", "/data/.lock");
        Process(10, "looking", "/data/.lock");

        Assert.Equal((8, "spate"), new LockHolders(_root).Find("/data/.lock"));
        Assert.Null(new LockHolders(_root).Find("/data/other/.lock"));
    }

    [Fact]
    public void Where_nobody_tells_nobody_is_named()
    {
        Assert.Null(new LockHolders(Path.Combine(_root, "none")).Find("/data/.lock"));
        Write("locks", "1: FLOCK  ADVISORY  WRITE 8 fe:01:12 0 EOF\nhalf a li");
        Assert.Null(new LockHolders(_root).Find("/data/.lock"));
    }

    private void Process(int id, string name, params string[] open)
    {
        Write($"{id}/comm", $"{name}\n");
        Directory.CreateDirectory(Path.Combine(_root, $"{id}/fd"));
        for (var number = 0; number < open.Length; number++)
        {
            File.CreateSymbolicLink(Path.Combine(_root, $"{id}/fd/{number}"), open[number]);
        }
    }

    private void Write(string name, string text)
    {
        var path = Path.Combine(_root, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
