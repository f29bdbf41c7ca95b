namespace Spate.Storage.Files;

/// <summary>The right to use an open file until this is disposed, which its holder does exactly once.</summary>
internal readonly struct FileLease(PooledFile owner, IStorageFile file) : IDisposable
{
    public IStorageFile File => file;

    public void Dispose() => owner.Release();
}
