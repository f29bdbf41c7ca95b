using Spate.Storage.Files;
using Spate.Storage.Tests.Checkpoints;

namespace Spate.Storage.Tests.Files;

public sealed class MemoryFileSystemTests
{
    [Fact]
    public void Both_file_systems_do_the_same()
    {
        using var scratch = new ScratchDirectory();
        for (var seed = 0; seed < 20; seed++)
        {
            var root = scratch.PathOf($"seed{seed}");
            var memory = new MemoryFileSystem();
            memory.CreateDirectory(root);
            PhysicalFileSystem.Instance.CreateDirectory(root);
            var random = new Random(seed);
            for (var step = 0; step < 200; step++)
            {
                var number = random.Next();
                var expected = Do(PhysicalFileSystem.Instance, root, new Random(number));
                var found = Do(memory, root, new Random(number));
                Assert.True(expected == found, $"Seed {seed}, step {step}: {expected} on the disk, {found} in memory.");
            }
        }
    }

    [Fact]
    public void DeleteFile_OfAnOpenFile_LeavesItReadableUntilItIsClosed()
    {
        var disk = new MemoryFileSystem();
        disk.CreateDirectory("/d");
        var file = disk.Open("/d/f", FileOpening.OpenOrCreate);
        file.Write(new byte[100], 0);

        disk.DeleteFile("/d/f");

        Assert.False(disk.FileExists("/d/f"));
        Assert.Equal(100, file.Read(new byte[200], 0));
        Assert.True(disk.BytesUsed > 0);
        file.Dispose();
        Assert.Equal(0, disk.BytesUsed);
        Assert.Throws<ObjectDisposedException>(() => file.Read(new byte[1], 0));
    }

    [Fact]
    public void Write_BeyondTheCapacity_FailsWithAFullDisk()
    {
        var disk = new MemoryFileSystem(capacity: 200_000);
        disk.CreateDirectory("/d");
        using var file = disk.Open("/d/f", FileOpening.OpenOrCreate);

        Assert.Throws<IOException>(() => file.Write(new byte[300_000], 0));

        Assert.InRange(file.Length, 1, 200_000);
        file.SetLength(0);
        file.Write(new byte[150_000], 0);
    }

    [Fact]
    public void TryLock_WhileItIsHeld_IsRefused()
    {
        var disk = new MemoryFileSystem();
        disk.CreateDirectory("/d");
        var held = disk.TryLock("/d/.lock");

        Assert.NotNull(held);
        Assert.Null(disk.TryLock("/d/.lock"));
        held.Dispose();
        using var again = disk.TryLock("/d/.lock");
        Assert.NotNull(again);
    }

    private static string Do(IFileSystem disk, string root, Random random)
    {
        var path = Path.Combine(root, $"file{random.Next(4)}");
        var other = Path.Combine(root, $"file{random.Next(4)}");
        try
        {
            switch (random.Next(9))
            {
                case 0:
                    disk.DeleteFile(path);
                    return "deleted";
                case 1:
                    disk.MoveFile(path, other);
                    return "moved";
                case 2:
                    return string.Join(',', disk.ListFiles(root).Order(StringComparer.Ordinal).Select(disk.FileLength));
                case 3:
                    using (var file = disk.Open(path, (FileOpening)random.Next(4)))
                    {
                        return $"{file.Length} {disk.FileExists(path)}";
                    }

                case 4:
                    using (var file = disk.Open(path, FileOpening.Existing))
                    {
                        file.SetLength(random.Next(200_000));
                        return $"{file.Length}";
                    }

                case 5:
                case 6:
                    using (var file = disk.Open(path, FileOpening.OpenOrCreate))
                    {
                        var bytes = new byte[random.Next(100_000)];
                        random.NextBytes(bytes);
                        file.Write(bytes, random.Next(150_000));
                        return $"{file.Length}";
                    }

                default:
                    using (var file = disk.Open(path, FileOpening.Read))
                    {
                        var bytes = new byte[random.Next(200_000)];
                        var read = file.Read(bytes, random.Next(100_000));
                        return $"{read} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(bytes))}";
                    }
            }
        }
        catch (IOException failure)
        {
            return failure is FileNotFoundException ? "not found" : failure.GetType().Name;
        }
    }
}
