/**
 * SQLite's write-ahead log needs shared memory and locks that work: neither is given on a network file system
 * (https://www.sqlite.org/wal.html, "Disadvantages"), where a committed claim can vanish.
 */
import { readFileSync, statfsSync } from 'node:fs'
import { resolve } from 'node:path'

/** `f_type` of statfs(2) on Linux. */
const magicNumbers: Readonly<Record<number, string>> = {
  0x6969: 'nfs',
  0x517b: 'smb',
  0xfe534d42: 'smb2',
  0xff534d42: 'cifs',
  0x5346414f: 'afs',
  0x73757245: 'coda',
  0x00c36400: 'ceph',
  0x01021997: '9p',
  0x0bd00bd0: 'lustre',
  0x013111a8: 'ibrix',
  0x7461636f: 'ocfs2',
  0x01161970: 'gfs2',
  0x47504653: 'gpfs',
  0x786f4256: 'vboxsf',
}

/** All FUSE file systems share one number; these names in the mount table are remote. */
const remoteNames =
  /^(nfs\d?|cifs|smb\d?|smbfs|afs|afpfs|webdav|davfs|9p|ceph|glusterfs|lustre|beegfs|moosefs)$|^fuse\.(sshfs|s3fs|rclone|gcsfuse|glusterfs|ceph|davfs|davfs2|curlftpfs|goofys|blobfuse2?|mount-s3|juicefs|seaweedfs|vmhgfs-fuse|encfs\.ssh|smbnetfs)$/

/** The type of the file system that holds `path`, by the longest mount point in `mountinfo` (proc(5)). */
export const mountedType = (path: string, mountinfo: string): string | null => {
  let best: { point: string; type: string } | null = null
  for (const line of mountinfo.split('\n')) {
    const [left, right] = line.split(' - ')
    const point = left
      ?.split(' ')[4]
      ?.replaceAll(/\\([0-7]{3})/g, (_all, octal: string) => String.fromCharCode(parseInt(octal, 8)))
    const type = right?.split(' ')[0]
    if (point === undefined || type === undefined) continue
    const within = point === '/' || path === point || path.startsWith(`${point}/`)
    // A later mount hides an earlier one at the same point.
    if (within && point.length >= (best?.point.length ?? 0)) best = { point, type }
  }
  return best?.type ?? null
}

/** The name of the network file system that holds this folder; null: none that we know of. */
export const networkFileSystem = (folder: string): string | null => {
  const path = resolve(folder)
  if (process.platform === 'win32') return path.startsWith('\\\\') ? 'a network share' : null
  if (process.platform !== 'linux') return null
  const named = magicNumbers[statfsSync(path).type >>> 0]
  if (named !== undefined) return named
  try {
    const type = mountedType(path, readFileSync('/proc/self/mountinfo', 'utf8'))
    return type !== null && remoteNames.test(type) ? type : null
  } catch {
    return null
  }
}
