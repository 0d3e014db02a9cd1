import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A new certificate for this machine that nobody vouches for: its file, and what a server needs. */
export function ownCertificate() {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-tls-'));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const made = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-keyout', key, '-out', cert];
  execFileSync('openssl', [...made, ...subject], { stdio: 'ignore' });
  return {
    cert,
    options: { key: readFileSync(key), cert: readFileSync(cert) },
    remove: () => rmSync(folder, { recursive: true }),
  };
}
